import { type Environment, SoundBiteError } from '@soundbite/model';
import { describe, expect, it, vi } from 'vitest';
import { type DestroyWorld, destroyEnvironment, takeDownEnvironment } from './destroy.ts';
import type { World } from './world/world.ts';

const environment = { name: 'staging', port: 8104, runtime: 'aws', cloud: { kind: 'emulated' } } as Environment;

/** One environment, and what is done to it in order. */
function worldOf(stack: 'there' | 'deleted', controller: 'there' | 'deleted' = 'there') {
  const done: string[] = [];
  const access = async () => {
    if (controller === 'deleted') throw new SoundBiteError('cloud-credentials', 'there is no such role');
  };
  const world = {
    clouds: { of: async () => ({ kind: 'emulated', access, checkpoint: async () => done.push('kept') }) },
    runtime: (kind: string) => ({
      takeDown: async (_place: unknown, outputs: object | null) =>
        done.push(`${kind} ${outputs ? 'with its stack' : 'without a stack'}`),
    }),
    infrastructure: {
      state: async () => (stack === 'there' ? { outputs: {} } : null),
      destroy: async () => done.push('destroyed'),
    },
  } as unknown as DestroyWorld;
  return { world, done };
}

describe('destroying an environment', () => {
  it.each([
    ['there', 'there', 'aws with its stack'],
    ['deleted', 'there', 'aws without a stack'],
    ['there', 'deleted', 'aws without a stack'],
  ] as const)(
    'whose stack is %s and whose controller is %s begins with what runs',
    async (stack, controller, first) => {
      const { world, done } = worldOf(stack, controller);
      await takeDownEnvironment(world, environment, { owner: 'db', generation: 7 });
      expect(done).toEqual([first, 'destroyed', 'kept']);
    },
  );

  it('wants its name', async () => {
    const asked: string[] = [];
    const engine = { destroy: async (name: string, actor: string) => void asked.push(`${name} by ${actor}`) };
    const world = { engine, config: {}, declaration: () => ({ environments: [environment] }) } as unknown as World;
    const ask = (confirm: string) => destroyEnvironment(world, 'staging', { confirm, actor: 'ana' });
    await expect(ask('yes')).rejects.toMatchObject({ code: 'not-confirmed' });
    expect(asked).toEqual([]);
    expect(await ask('staging')).toEqual({ environment: 'staging', destroyed: true });
    expect(asked).toEqual(['staging by ana']);
  });

  it('of another home forgets its records, for a reason', async () => {
    const forget = vi.fn(async () => {});
    const world = { engine: { forget }, config: {} } as unknown as World;
    const name = 'staging@1a2b3c4d';
    const ask = (more: object) => destroyEnvironment(world, name, { confirm: name, actor: 'ana', ...more });
    await expect(ask({ confirm: 'staging' })).rejects.toMatchObject({ code: 'not-confirmed' });
    await expect(ask({})).rejects.toMatchObject({ code: 'usage', hint: expect.stringContaining(`${name} --reason`) });
    expect(forget).not.toHaveBeenCalled();
    expect(await ask({ reason: 'gone', idempotencyKey: 'k' })).toEqual({ environment: name, destroyed: true });
    expect(forget).toHaveBeenCalledWith('staging', '1a2b3c4d', { actor: 'ana', reason: 'gone' }, 'k');
  });
});
