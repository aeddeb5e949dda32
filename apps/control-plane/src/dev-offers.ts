import type { DevList } from '@soundbite/client';
import { type Environment, SoundBiteError } from '@soundbite/model';
import type { World } from './world/world.ts';

type DevWorld = Pick<World, 'declaration' | 'runtime'>;

/** Whether an environment's runtime lets the working tree take the place of its releases. */
const servesSource = ({ runtime }: DevWorld, environment: Environment): boolean =>
  runtime(environment.runtime).pauseWorkers !== undefined;

/** What `dev` can do in each declared environment, and what to use where it cannot run. */
export function devOffers(world: DevWorld): DevList['environments'] {
  return world.declaration().environments.map((environment) => {
    const { name, port } = environment;
    const dev = servesSource(world, environment);
    return {
      environment: name,
      dev,
      use: `soundbite ${dev ? 'dev' : 'deploy'} ${name}`,
      why: dev
        ? `serves the working tree near http://127.0.0.1:${port}, with reload`
        : `${releasesOnly(environment)}; deploy cuts the working tree and promotes it there`,
    };
  });
}

const releasesOnly = ({ runtime }: Environment): string =>
  `the ${runtime} runtime serves releases only, and reloads nothing`;

/** Errors: `dev-needs-processes`. */
export function refuseReleasesOnly(world: DevWorld, environment: Environment): void {
  if (servesSource(world, environment)) return;
  const { name } = environment;
  throw new SoundBiteError('dev-needs-processes', `${name}: ${releasesOnly(environment)}`, {
    hint: `soundbite deploy ${name} promotes the working tree there; soundbite dev lists where it can serve from source`,
  });
}
