import { createHmac } from 'node:crypto';
import {
  type ContainerNetwork,
  type ProcessSpec,
  type RelayTarget,
  type RunningProcess,
  SoundBiteError,
  type Supervisor,
} from '@soundbite/model';
import { programFile } from '@soundbite/model/programs.ts';

/** First wished port of relays. */
const firstPort = 9500;

/** The token of an environment's relay: the same over restarts, and no other environment's. */
export const relayToken = (secret: string, environment: string): string =>
  createHmac('sha256', secret).update(`relay\n${environment}`).digest('base64url');

/** What a relay is told, as JSON in RELAY. */
export interface RelayOrder {
  readonly environment: string;
  readonly subnet: string;
  /** Where containers come; null: where this machine has no address in their network, they come by loopback. */
  readonly gateway: string | null;
  /** They come to the address that this container has in their network, whichever that is by now. */
  readonly inside: boolean;
  readonly token: string;
  /** Ports on 127.0.0.1. */
  readonly targets: Readonly<Partial<Record<RelayTarget, number>>>;
}

/** The relay of an environment, for the supervisor. */
export function relaySpec(options: {
  readonly environment: string;
  readonly network: ContainerNetwork;
  readonly targets: RelayOrder['targets'];
  readonly token: string;
  readonly nodePath: string;
}): ProcessSpec {
  const { environment, network, targets, token, nodePath } = options;
  const { subnet, gateway, inside } = network;
  const order: RelayOrder = { environment, subnet, gateway, inside, token, targets };
  return {
    name: `relay-${environment}`,
    command: nodePath,
    args: ['--max-old-space-size=64', '--max-semi-space-size=2', programFile('packages/containers/src/relay-main.ts')],
    env: { RELAY: JSON.stringify(order), PORT: '{port}' },
    port: firstPort,
    // Containers that the engine starts again by itself have the address that they were made with.
    keepsPort: true,
    health: { url: 'http://127.0.0.1:{port}/health', withinMs: 15_000 },
    restart: 'always',
  };
}

/** Starts it. Errors: `relay-down` where it does not become healthy, for which no release is at fault; those of the supervisor. */
export const startRelay = (supervisor: Pick<Supervisor, 'ensure'>, spec: ProcessSpec): Promise<RunningProcess> =>
  supervisor.ensure(spec).catch((error: unknown) => {
    if (!(error instanceof SoundBiteError) || error.code !== 'process-unhealthy') throw error;
    throw new SoundBiteError('relay-down', error.message, { cause: error });
  });
