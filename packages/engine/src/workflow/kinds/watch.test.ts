import type { Digest, RequestRecord, RequestsSince } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import type { StepRun } from '../run.ts';
import { watch } from './watch.ts';

const release = `sha256:${'a'.repeat(64)}` as Digest;

/** A request of a user that the release answered so. */
const answered = (status: number) => ({ release, status, route: '/voices', pinned: false }) as RequestRecord;
const many = (count: number, status = 200) => Array.from({ length: count }, () => answered(status));

/** What each look finds in turn (nothing more afterwards), and from where it was asked. `lives` are those of what the environment stands on. */
function watched(pages: readonly (readonly RequestRecord[])[], lives: readonly string[] = ['one']) {
  const asked: RequestsSince[] = [];
  const [left, lifes] = [[...pages], [...lives]];
  const runtime = {
    life: async () => (lifes.length > 1 ? lifes.shift() : lifes[0]),
    async requests(_place: unknown, since: RequestsSince) {
      asked.push(since);
      return { records: left.shift() ?? [], next: { time: since.time, cursor: asked.length } };
    },
  };
  const run = {
    id: 'p-1',
    startedAt: Date.now(),
    plan: { environment: { name: 'staging', runtime: 'process' }, release },
    ports: {
      healthy: async () => true,
      clouds: { of: async () => ({}) },
      runtime: () => runtime,
      infrastructure: {
        state: async () => ({ outputs: {}, release }),
        presence: async () => ({ missing: [], changed: [], leftovers: [] }),
      },
    },
    records: { asked: async () => ({ stopped: null, broken: null }) },
    wait: () => new Promise((resolve) => setTimeout(resolve, 5)),
  } as unknown as StepRun;
  return { asked, outcome: () => watch.run(run, { seconds: 0.1 }) };
}

describe('a watch', () => {
  it('judges all requests since its beginning, though each look is told only of those that came since the one before', async () => {
    const { asked, outcome } = watched([many(4), many(4), many(2, 503)]);
    expect(await outcome()).toMatchObject({
      state: 'failed',
      detail: '2 of 10 requests answered with a server error',
      evidence: { requests: 10 },
    });
    const time = asked[0]?.time;
    expect(asked).toEqual([{ time }, { time, cursor: 1 }, { time, cursor: 2 }]);
  });

  it('counts each request once', async () => {
    const { outcome } = watched([many(3), many(2)]);
    expect(await outcome()).toMatchObject({ state: 'succeeded', evidence: { requests: 5 } });
  });

  it('forgets what was answered while something under the release was started anew', async () => {
    const { outcome, asked } = watched([many(9, 500), many(1)], ['first', 'second']);
    expect(await outcome()).toMatchObject({ state: 'succeeded', evidence: { requests: 1 } });
    expect(asked[1]?.cursor).toBeUndefined();
  });
});
