import type { Environment, RunningFunction } from '@soundbite/model';
import { expect, it } from 'vitest';
import { accountView } from './account-view.ts';
import type { World } from './world/world.ts';

const cloud = { kind: 'real', account: '123456789012', region: 'eu-central-1', role: 'r' };
const environment = { name: 'live', runtime: 'aws', cloud } as unknown as Environment;
const api = { component: 'api', functionName: 'shop-api', alias: 'live', logGroup: '/shop' };

/** With one environment; `state`: what its stack is, or why that cannot be read. */
function worldWith(state: object | Error | null, functions?: () => Promise<RunningFunction[]>): World {
  return {
    declaration: () => ({ environments: [environment] }),
    clouds: { of: async () => ({}) },
    infrastructure: {
      state: async () => {
        if (state instanceof Error) throw state;
        return state;
      },
    },
    runtime: () => (functions ? { functions } : {}),
  } as unknown as World;
}

it('what an environment has is its stacks, by its declaration, and its functions, by a look', async () => {
  const seen = await accountView(
    worldWith({ outputs: { a: 'b' } }, async () => [api]),
    'live',
  );
  expect(seen).toMatchObject({ cloud: { kind: 'real' }, stacks: [{ name: 'soundbite-live' }], unknown: null });
  expect(seen.functions).toMatchObject([{ component: 'api', url: expect.stringContaining('/functions/shop-api/') }]);
});

it('without a stack, or where it runs as processes, there are no functions', async () => {
  const never = () => Promise.reject(new Error('not asked'));
  for (const world of [worldWith(null, never), worldWith({ outputs: {} })])
    expect(await accountView(world, 'live')).toMatchObject({ functions: [], unknown: null });
});

it('an account that cannot be read still says where its stacks are', async () => {
  const denied = Object.assign(new Error('not authorized'), { name: 'AccessDenied' });
  const seen = await accountView(
    worldWith(denied, async () => []),
    'live',
  );
  expect(seen).toMatchObject({ functions: [], unknown: 'not authorized' });
  expect(seen.stacks[0]?.url).toContain('stackId=soundbite-live');
});
