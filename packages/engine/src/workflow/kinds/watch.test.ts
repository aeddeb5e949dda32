import { type Digest, type RequestRecord, type RequestsSince, SoundBiteError } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StepRun } from '../run.ts';
import { watchStep } from './watch.ts';

const release = `sha256:${'a'.repeat(64)}` as Digest;

/** A request of a user that the release answered so. */
const answered = (status: number) => ({ release, status, route: '/prices', pinned: false }) as RequestRecord;
const many = (count: number, status = 200) => Array.from({ length: count }, () => answered(status));

interface Found {
  /** Of what the environment stands on. */
  readonly lives?: readonly string[];
  /** Whether each look finds it well; the last one goes on. */
  readonly well?: readonly boolean[];
  /** So many looks cannot be made: what it stands on is away. */
  readonly away?: number;
  /** How long a look holds there, in ms. */
  readonly everyMs?: number;
  readonly seconds?: number;
  readonly minimumRequests?: number;
}

/** What each look finds in turn (nothing more afterwards), from where it was asked, and when (ms since the beginning). */
function watched(
  pages: readonly (readonly RequestRecord[])[],
  { lives = ['one'], well = [true], away = 0, everyMs = 0, seconds = 10, minimumRequests = 0 }: Found = {},
) {
  const asked: RequestsSince[] = [];
  const at: number[] = [];
  const notes: string[] = [];
  const left = { pages: [...pages], lives: [...lives], well: [...well], away };
  const next = <T>(list: T[]): T | undefined => (list.length > 1 ? list.shift() : list[0]);
  const begun = Date.now();
  const runtime = {
    looksEveryMs: () => everyMs,
    healthPaths: async () => null,
    life: async () => next(left.lives),
    async requests(_place: unknown, since: RequestsSince) {
      asked.push(since);
      at.push(Date.now() - begun);
      return { records: left.pages.shift() ?? [], next: { time: since.time, cursor: asked.length } };
    },
  };
  const run = {
    id: 'p-1',
    step: { key: '07-watch', kind: 'watch', with: {}, changes: 'nothing' },
    startedAt: begun,
    plan: { environment: { name: 'staging', runtime: 'process' }, release },
    ports: {
      async healthy() {
        if (left.away-- > 0) throw new SoundBiteError('engine-down', 'the container engine does not answer');
        return next(left.well);
      },
      clouds: { of: async () => ({}) },
      runtime: () => runtime,
      infrastructure: {
        state: async () => ({ outputs: {}, release }),
        presence: async () => ({ missing: [], changed: [], leftovers: [] }),
      },
    },
    records: {
      asked: async () => ({ stopped: null, broken: null }),
      note: async (_id: string, text: string) => void notes.push(text),
    },
    // Somebody has news all the time.
    wait: (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 400))),
  } as unknown as StepRun;
  const outcome = async () => {
    const ended = watchStep.run(run, watchStep.with.parse({ seconds, minimumRequests, timeout: '60s' }));
    await vi.advanceTimersByTimeAsync(120_000);
    return ended;
  };
  return { asked, at, notes, outcome };
}

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-11-26') }));
afterEach(() => void vi.useRealTimers());

describe('a watch', () => {
  it('that cannot look says why within seconds, and goes on when it can', async () => {
    const { notes, outcome } = watched([many(2)], { away: 12 });
    expect(await outcome()).toMatchObject({ state: 'succeeded' });
    expect(notes.slice(0, 2)).toEqual([
      expect.stringMatching(/^watch is retried: the container engine does not answer; start Docker/),
      null,
    ]);
  });

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
    const { outcome, asked } = watched([many(9, 500), many(1)], { lives: ['first', 'second'] });
    expect(await outcome()).toMatchObject({ state: 'succeeded', evidence: { requests: 1 } });
    expect(asked[1]?.cursor).toBeUndefined();
  });

  it('looks each second, and fails what it found unwell three times in a row', async () => {
    const { at, outcome } = watched([], { well: [true, false, true, false] });
    expect(await outcome()).toMatchObject({ state: 'failed', detail: 'unhealthy at 3 looks in a row' });
    expect(at).toEqual([1_000, 2_000, 3_000, 4_000, 5_000, 6_000]);
  });

  describe('where looks are dear', () => {
    const everyMs = 15_000;

    it('looks no more often than they hold, at the end too, whatever news wakes it', async () => {
      const { at, outcome } = watched([], { everyMs, seconds: 40 });
      expect(await outcome()).toMatchObject({ state: 'succeeded' });
      expect(at).toEqual([10_000, 25_000, 40_000]);
    });

    it('looks once where it is shorter than that', async () => {
      const { at, outcome } = watched([many(2)], { everyMs, seconds: 5 });
      expect(await outcome()).toMatchObject({ state: 'succeeded', evidence: { requests: 2 } });
      expect(at).toEqual([5_000]);
    });

    it('does not end on a look that found it unwell: a second one says no, or that it was for a moment', async () => {
      const bad = watched([], { everyMs, seconds: 5, well: [false] });
      expect(await bad.outcome()).toMatchObject({ state: 'failed', detail: 'unhealthy at 2 looks in a row' });
      expect(bad.at).toEqual([5_000, 20_000]);
      const momentary = watched([], { everyMs, seconds: 5, well: [false, true] });
      expect(await momentary.outcome()).toMatchObject({ state: 'succeeded' });
    });
  });

  it('that needs requests goes on after its time until they have come, and says how many are missing', async () => {
    const { at, notes, outcome } = watched([many(1), [], [], many(1), many(1)], { seconds: 2, minimumRequests: 3 });
    expect(await outcome()).toMatchObject({ state: 'succeeded', detail: '2 s and 3 requests watched' });
    expect(at).toEqual([1_000, 2_000, 3_000, 4_000, 5_000]);
    expect(notes).toEqual(
      [30, 30, 60].map((seen) => `watch waits: no verdict is possible yet: ${seen} % of 3 requests of users seen`),
    );
  });

  it('to which nobody comes gives no verdict, and fails when it has waited for long enough', async () => {
    const { outcome } = watched([many(1)], { seconds: 2, minimumRequests: 3 });
    expect(await outcome()).toMatchObject({
      state: 'failed',
      detail: 'no verdict is possible: 1 of 3 requests that it needs in 62 s',
    });
  });

  it('says that nobody asked anything, where none was needed', async () => {
    expect(await watched([]).outcome()).toMatchObject({
      state: 'succeeded',
      detail: '10 s and 0 requests watched; no user asked anything meanwhile',
    });
  });

  it('of a plan that knows nothing but its seconds needs no request', () => {
    expect(watchStep.with.parse({ seconds: 5 })).toMatchObject({ seconds: 5, minimumRequests: 0, errorShare: 0.1 });
  });

  it('that a process before this one has watched to its end looks at once', async () => {
    const { at, outcome } = watched([], { seconds: 0 });
    expect(await outcome()).toMatchObject({ state: 'succeeded' });
    expect(at).toEqual([0]);
  });
});
