import { type ContainerSpec, type ProcessComponent, type Relay, type RelayTarget, shortDigest } from '@soundbite/model';
import { processLimits } from '../versions/limits.ts';
import { processName } from '../versions/names.ts';
import type { WantedComponent } from '../versions/parts.ts';

/** First wished port of containers. */
const firstPort = 8600;
/** A version that is not healthy after this many ms is refused. */
const usualStartMs = 30_000;

/** By these labels containers are found again: by what is asked of them. */
export const containerLabels = {
  environment: 'dev.soundbite.environment',
  component: 'dev.soundbite.component',
  release: 'dev.soundbite.release',
  /** As the versions behind the edge call it. */
  process: 'dev.soundbite.process',
} as const;

/** `service-staging-api-0123456789ab` → `staging-api-0123456789ab`: the engine's name has the installation before it. */
export const containerName = (process: string): string => process.replace(/^service-/, '');

/** What no one may change and anybody may read. All else is told by the file of secrets: what is settings and what is secret is the service's to know. */
const shown = ['SOUNDBITE_ENVIRONMENT', 'SOUNDBITE_RELEASE'];

/** A component of a version as a container. */
export function containerSpec(
  { target, installed, component, settings, env }: WantedComponent,
  more: {
    /** A version that is not healthy after this many ms is refused. */
    readonly startWithinMs?: number | undefined;
    readonly image: string;
    readonly network: string;
    readonly codeDigest: string;
    readonly relay: Relay | null;
    readonly ports: Readonly<Record<string, RelayTarget>>;
  },
): ContainerSpec {
  const environment = target.environment.name;
  const { heapMiB, limitMiB, reservedMiB, stopWithinMs } = processLimits(settings, component);
  const process = processName(environment, component.name, installed.release);
  const isShown = ([name]: [string, string]) => shown.includes(name);
  return {
    name: containerName(process),
    labels: labelsOf(environment, component, installed.release, process),
    ...{ image: more.image, network: more.network, port: firstPort, stopWithinMs },
    command: commandOf(component, heapMiB),
    env: {
      ...Object.fromEntries(Object.entries(env).filter(isShown)),
      ...{ SOUNDBITE_PORT: '8080', SOUNDBITE_HEALTH: component.health, SOUNDBITE_CODE_DIGEST: more.codeDigest },
      ...{ NODE_ENV: 'production', NODE_OPTIONS: '' },
    },
    secrets: Object.fromEntries(Object.entries(env).filter((one) => !isShown(one))),
    amended: ['SOUNDBITE_CONSUMING'],
    forwards: more.relay === null ? null : { relay: more.relay, ports: more.ports },
    health: { path: component.health, withinMs: more.startWithinMs ?? usualStartMs },
    memoryMiB: limitMiB,
    // Absent where nothing is declared: what was made before this could be declared is the same container.
    ...(reservedMiB === null ? {} : { reservedMiB }),
  };
}

const labelsOf = (environment: string, component: ProcessComponent, release: string, process: string) => ({
  [containerLabels.environment]: environment,
  [containerLabels.component]: component.name,
  [containerLabels.release]: release,
  [containerLabels.process]: process,
});

/** As the host starts a process: what the image says is for people who start it by hand. */
const commandOf = ({ name }: ProcessComponent, heapMiB: number): string[] => [
  'node',
  `--max-old-space-size=${heapMiB}`,
  '--max-semi-space-size=4',
  ...['--import', '/soundbite/preload.mjs', '/app/index.mjs', name],
];

/** Where a variable leads to this machine: the port of an address on loopback; null: elsewhere, or nowhere. */
export function loopbackPort(url: string | undefined): number | null {
  if (url === undefined || !URL.canParse(url)) return null;
  const { hostname, port, protocol } = new URL(url);
  if (hostname !== '127.0.0.1' && hostname !== 'localhost') return null;
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}

/** Whether a container is of a release that somebody may go back to. */
export const isOfReleases = (process: string, releases: readonly string[]): boolean =>
  releases.some((release) => process.endsWith(`-${shortDigest(release as `sha256:${string}`)}`));
