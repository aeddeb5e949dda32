import type { Environment } from '@soundbite/model';
import { expect, it } from 'vitest';
import { reconcile } from './reconcile.ts';

/** What becomes of an environment that is declared with a runtime of this machine, and what was installed there. */
async function broughtBackWith(outputs: object) {
  const installed: string[] = [];
  const runtime = {
    keepsVersions: false,
    life: async () => 'one',
    install: async (_target: unknown, { digest }: { digest: string }) => {
      installed.push(digest);
      return [];
    },
    setWeights: async () => {},
  };
  const parts = {
    ports: {
      declaration: () => ({ environments: [{ name: 'staging', runtime: 'compose' } as Environment] }),
      clouds: { of: async () => ({}) },
      runtime: () => runtime,
      infrastructure: { state: async () => ({ outputs, release: 'sha256:live' }) },
      releases: { get: async (digest: string) => ({ digest }) },
      emit: () => {},
    },
    records: {
      generation: async () => 1,
      environment: async () => ({ liveRelease: 'sha256:live', previousRelease: null }),
    },
    locks: { holder: async () => null },
    installation: 'one',
  } as unknown as Parameters<typeof reconcile>[0];
  return { said: await reconcile(parts, 'staging', null), installed };
}

it('what is live here is brought back', async () => {
  expect(await broughtBackWith({ Table: 't' })).toEqual({ said: 'as recorded', installed: ['sha256:live'] });
});

it('what is live as functions is not started here because the declaration was edited: it keeps its traffic', async () => {
  const { said, installed } = await broughtBackWith({ Components: '[]' });
  expect(said).toMatch(/^staging is live as functions of its stack, and is declared with runtime: compose now/);
  expect(installed).toEqual([]);
});
