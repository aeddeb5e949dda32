import {
  type Cloud,
  type Digest,
  type Environment,
  type PromotionRequest,
  type Runtime,
  SoundBiteError,
  type Target,
} from '@soundbite/model';
import type { PromotionPorts } from '../ports.ts';
import type { Records } from '../store/records.ts';

/** What every step of one promotion knows. All of it is fixed when the promotion begins. */
export interface Run {
  readonly id: string;
  readonly request: PromotionRequest;
  readonly release: Digest;
  /** What was live when it began; null: the environment was empty. */
  readonly previous: Digest | null;
  readonly ports: PromotionPorts;
  readonly records: Records;
  /** Names this installation in fences. */
  readonly installation: string;
}

/** The environment by today's declaration. Errors: `environment-unknown`. */
export function declared(run: Pick<Run, 'ports'>, name: string): Environment {
  const environment = run.ports.declaration().environments.find((candidate) => candidate.name === name);
  if (environment) return environment;
  throw new SoundBiteError('environment-unknown', `${name} is no declared environment`, {
    source: 'user',
    mend: 'soundbite env list',
  });
}

interface Place {
  readonly environment: Environment;
  readonly cloud: Cloud;
  readonly runtime: Runtime;
}

export async function place(run: Pick<Run, 'ports'>, name: string): Promise<Place> {
  const environment = declared(run, name);
  return {
    environment,
    cloud: await run.ports.clouds.of(environment),
    runtime: run.ports.runtime(environment.runtime),
  };
}

/** The place with its stack's outputs. Errors: `stack-missing`. */
export async function deployed(run: Pick<Run, 'ports'>, name: string): Promise<Place & { readonly target: Target }> {
  const here = await place(run, name);
  const state = await run.ports.infrastructure.state(here.environment, here.cloud);
  if (!state) throw new SoundBiteError('stack-missing', `${name} has no stack`, { mend: `soundbite repair ${name}` });
  return {
    ...here,
    target: { environment: here.environment, cloud: here.cloud, outputs: state.outputs, deployed: state.release },
  };
}
