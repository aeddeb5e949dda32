import type { Environment } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { type DestroyWorld, destroyEnvironment } from './destroy.ts';

const gone = () => Promise.reject(Object.assign(new Error('no function'), { name: 'ResourceNotFoundException' }));

/** One emulated environment, and what is done to it in order. */
function worldOf(runtime: 'process' | 'aws', stack: 'there' | 'deleted' | 'without functions') {
  const done: string[] = [];
  const environment = { name: 'staging', port: 8104, runtime, cloud: { kind: 'emulated' } } as Environment;
  const isThere = stack !== 'deleted';
  const act = (what: string) => async () => {
    if (stack === 'without functions') await gone();
    done.push(what);
    return [];
  };
  const world = {
    declaration: () => ({ environments: [environment] }),
    clouds: { of: async () => ({ kind: 'emulated', access: async () => ({}), checkpoint: async () => {} }) },
    edge: { setRoute: async ({ upstreams }: { upstreams: [] }) => done.push(`route to ${upstreams.length}`) },
    runtime: () => ({ setWeights: act('no traffic'), retire: act('no versions') }),
    infrastructure: {
      state: async () => (isThere ? { outputs: {} } : null),
      destroy: async () => done.push('destroyed'),
    },
    engine: {
      installation: 'db',
      records: { list: async () => [], generation: async () => 7, forget: async () => done.push('forgotten') },
    },
  } as unknown as DestroyWorld;
  return { world, done };
}

describe('destroying an environment', () => {
  it.each([
    ['process', 'there', ['no traffic', 'no versions', 'route to 0', 'destroyed', 'forgotten']],
    ['process', 'deleted', ['no traffic', 'no versions', 'route to 0', 'destroyed', 'forgotten']],
    ['aws', 'there', ['no traffic', 'no versions', 'route to 0', 'destroyed', 'forgotten']],
    ['aws', 'deleted', ['route to 0', 'destroyed', 'forgotten']],
    ['aws', 'without functions', ['route to 0', 'destroyed', 'forgotten']],
  ] as const)('of %s whose stack is %s leaves nothing on this machine', async (runtime, stack, steps) => {
    const { world, done } = worldOf(runtime, stack);
    expect(await destroyEnvironment(world, 'staging', 'staging')).toEqual({ environment: 'staging', destroyed: true });
    expect(done).toEqual(steps);
  });

  it('wants its name', async () => {
    const { world, done } = worldOf('aws', 'there');
    await expect(destroyEnvironment(world, 'staging', 'yes')).rejects.toMatchObject({ code: 'not-confirmed' });
    expect(done).toEqual([]);
  });
});
