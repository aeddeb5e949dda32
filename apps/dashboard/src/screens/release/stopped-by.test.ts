import type { Overview, OverviewPlace } from '@soundbite/client';
import { expect, it } from 'vitest';
import { stoppedBy } from './stopped-by.ts';

const [meant, other] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`] as const;
const wait = (promotion: string, release: string, comesFrom: string | null = null) => ({
  ...{ promotion, release, comesFrom },
});

it('a block stops what is under way with its release and what waits, each once', () => {
  const place = (environment: string, running: object | null, waits: readonly object[]) =>
    ({ environment, running, why: { waits } }) as unknown as OverviewPlace;
  const overview: Overview = {
    at: null,
    environments: [
      place('dev', { promotion: 'p-1', release: meant }, [wait('p-2', meant), wait('p-3', other)]),
      // The same on its way further is stopped where it is.
      place('staging', { promotion: 'p-4', release: other }, [wait('p-1', meant, 'dev'), wait('p-2', meant, 'dev')]),
      place('production', null, [wait('p-5', meant)]),
    ],
  };
  expect(stoppedBy(overview, meant)).toEqual([
    { promotion: 'p-1', environment: 'dev', isRunning: true },
    { promotion: 'p-2', environment: 'dev', isRunning: false },
    { promotion: 'p-5', environment: 'production', isRunning: false },
  ]);
});
