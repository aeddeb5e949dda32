import { type Environment, SoundBiteError } from '@soundbite/model';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { broughtBack } from './brought-back.ts';

const environments = ['staging', 'production'].map((name) => ({ name, runtime: 'compose' }) as Environment);
const down = new SoundBiteError('engine-down', 'the container engine at unix:///x does not answer');

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What is said, and after how many ms, where an environment needs so long to be back. */
async function saidOf(
  ms: Readonly<Record<string, number>>,
  ends: string,
  observe: () => Promise<object>,
  { live = 'sha256:live', access = async () => ({}) }: { live?: string | null; access?: () => Promise<object> } = {},
) {
  const said: [string, number][] = [];
  const begun = performance.now();
  const world = {
    clouds: { of: async () => ({ access }) },
    infrastructure: { state: async () => ({ outputs: {}, release: null }) },
    runtime: () => ({ observe }),
    engine: {
      records: { environment: async () => ({ liveRelease: live }) },
      async reconcile(name: string) {
        await new Promise((resolve) => setTimeout(resolve, ms[name] ?? 0));
        return ms[name] ? ends : 'as recorded';
      },
    },
  } as unknown as Parameters<typeof broughtBack>[0];
  const all = (async () => {
    for await (const text of broughtBack(world, environments)) said.push([text, performance.now() - begun]);
  })();
  await vi.runAllTimersAsync();
  await all;
  return said;
}

const away = async (): Promise<object> => {
  throw down;
};

it('an engine that is away is said within seconds, with the way, and again when it was tried for long', async () => {
  const ends = `${down.message}; ${down.hint}`;
  const said = await saidOf({ staging: 120_000 }, ends, away);
  expect(said.map(([text]) => text)).toEqual([
    `staging is tried again for a while: ${down.message}; ${down.hint}`,
    `staging is not back: ${ends}`,
  ]);
  expect(said[0]?.[1]).toBeLessThan(5_000);
});

it('one that comes back meanwhile is said to be tried, and no more', async () => {
  expect((await saidOf({ staging: 9_000 }, 'as recorded', away)).length).toBe(1);
});

it('what only takes its time is not said, nor what is as recorded', async () => {
  expect(await saidOf({ staging: 9_000 }, 'as recorded', async () => ({}))).toEqual([]);
  expect(await saidOf({}, '', away)).toEqual([]);
});

it('on a first up, nothing is missed that the account gets only then; an account that is away is said', async () => {
  const role = new SoundBiteError('cloud-credentials', 'soundbite-staging-controller cannot be assumed');
  const observe = async (): Promise<object> => {
    throw role;
  };
  expect(await saidOf({ staging: 9_000 }, 'empty', observe, { live: null })).toEqual([]);
  const gone = new SoundBiteError('process-unhealthy', 'account-000000000003 does not become healthy');
  const access = async (): Promise<object> => {
    throw gone;
  };
  const said = await saidOf({ staging: 9_000 }, 'empty', observe, { live: null, access });
  expect(said.map(([text]) => text)).toEqual([`staging is tried again for a while: ${gone.message}; ${gone.hint}`]);
});
