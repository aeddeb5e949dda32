import type { RunningProcess, Target } from '@soundbite/model';
import { expect, it } from 'vitest';
import { observeProcesses } from './observe.ts';
import type { VersionParts } from './parts.ts';

/** A machine on which these processes were restarted as often as told, and nothing takes traffic. */
const machine = (restarts: Readonly<Record<string, number>>) =>
  ({
    supervisor: {
      list: async () => Object.entries(restarts).map(([name, count]) => ({ name, restarts: count }) as RunningProcess),
    },
    edge: { routes: async () => [] },
    store: { list: async () => [] },
  }) as unknown as VersionParts;

const restartsOf = async (name: string, parts: VersionParts) =>
  (await observeProcesses(parts, { environment: { name } } as Target)).restarts;

it('counts the restarts of its own processes, not of an environment whose name begins alike', async () => {
  const parts = machine({
    'service-dev-api-0123456789ab': 1,
    'service-dev-worker-0123456789ab': 2,
    'service-dev-api-api-0123456789ab': 10,
    'service-dev-worker-worker-0123456789ab': 100,
    'dev-dev-api': 1000,
  });
  expect(await restartsOf('dev', parts)).toBe(3);
  expect(await restartsOf('dev-api', parts)).toBe(10);
});
