import type { Environment } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { type DestroyWorld, destroyEnvironment, takeDownEnvironment } from './destroy.ts';
import type { World } from './world/world.ts';

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
    clouds: { of: async () => ({ kind: 'emulated', access: async () => ({}), checkpoint: async () => {} }) },
    edge: { setRoute: async ({ upstreams }: { upstreams: [] }) => done.push(`route to ${upstreams.length}`) },
    runtime: () => ({ setWeights: act('no traffic'), retire: act('no versions') }),
    infrastructure: {
      state: async () => (isThere ? { outputs: {} } : null),
      destroy: async () => done.push('destroyed'),
    },
  } as unknown as DestroyWorld;
  return { world, environment, done };
}

describe('destroying an environment', () => {
  it.each([
    ['process', 'there', ['no traffic', 'no versions', 'route to 0', 'destroyed']],
    ['process', 'deleted', ['no traffic', 'no versions', 'route to 0', 'destroyed']],
    ['aws', 'there', ['no traffic', 'no versions', 'route to 0', 'destroyed']],
    ['aws', 'deleted', ['route to 0', 'destroyed']],
    ['aws', 'without functions', ['route to 0', 'destroyed']],
  ] as const)('of %s whose stack is %s leaves nothing on this machine', async (runtime, stack, steps) => {
    const { world, environment, done } = worldOf(runtime, stack);
    await takeDownEnvironment(world, environment, { owner: 'db', generation: 7 });
    expect(done).toEqual(steps);
  });

  it('wants its name', async () => {
    const { environment } = worldOf('aws', 'there');
    const asked: string[] = [];
    const engine = { destroy: async (name: string, actor: string) => void asked.push(`${name} by ${actor}`) };
    const world = { engine, declaration: () => ({ environments: [environment] }) } as unknown as World;
    const ask = (confirm: string) => destroyEnvironment(world, 'staging', { confirm, actor: 'ana' });
    await expect(ask('yes')).rejects.toMatchObject({ code: 'not-confirmed' });
    expect(asked).toEqual([]);
    expect(await ask('staging')).toEqual({ environment: 'staging', destroyed: true });
    expect(asked).toEqual(['staging by ana']);
  });
});
