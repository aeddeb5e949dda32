import type { Environment } from '@soundbite/model';
import { expect, it } from 'vitest';
import type { DestroyWorld } from './destroy.ts';
import { handBackEnvironment } from './handback.ts';

it('an environment that is handed back is empty at its own address, once its stacks are no more of a release', async () => {
  const done: string[] = [];
  const world = {
    clouds: { of: async () => ({ checkpoint: async () => done.push('kept') }) },
    runtime: () => ({
      rest: async ({ name }: Environment, generation: number) => done.push(`${name} rests ${generation}`),
    }),
    infrastructure: { handBack: async () => done.push('handed back') },
  } as unknown as DestroyWorld;
  const environment = { name: 'staging', runtime: 'aws' } as Environment;
  await handBackEnvironment(world, environment, { owner: 'db', generation: 7 });
  expect(done).toEqual(['handed back', 'staging rests 7', 'kept']);
});
