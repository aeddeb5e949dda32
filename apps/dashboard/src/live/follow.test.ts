import { heartbeatMs } from '@soundbite/model/page/heartbeat.ts';
import { expect, it, onTestFinished, vi } from 'vitest';
import { followChanges, type Heard } from './follow.ts';

const encoder = new TextEncoder();
const frame = (document: object) => encoder.encode(`data: ${JSON.stringify(document)}\n\n`);
const begun = (sequence: number, reset = false) => frame({ kind: 'begun', sequence, reset });
const change = (sequence: number) => frame({ kind: 'promotion', subject: 'p-1', sequence });
const away = frame({ kind: 'away', since: '2026-12-01T08:00:00Z' });

/** Answers with these, one after another; each a status, nothing at all, or pieces after which the stream ends, breaks, or goes on saying nothing. */
type Answer =
  | number
  | 'nothing'
  | { readonly pieces: readonly Uint8Array[]; readonly ending: 'end' | 'break' | 'silence' };

const quick = { silence: 20, answer: 20, again: [1] };

/** `patience`: the page's own where it is null. */
function stage(
  answers: readonly Answer[],
  patience: { silence: number; answer: number; again: number[] } | null = quick,
) {
  const [asked, heard]: [string[], Heard[]] = [[], []];
  /** How old (ms) what is shown was whenever it was away. */
  const ages: number[] = [];
  const over = new AbortController();
  const fetch = vi.fn(async (path: string, { signal }: { signal: AbortSignal }) => {
    const answer = answers[asked.length];
    asked.push(path);
    if (answer === undefined) {
      over.abort();
      throw new Error('nobody answers');
    }
    if (answer === 'nothing')
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    if (typeof answer === 'number') return new Response('', { status: answer });
    return new Response(streamOf(answer, signal));
  });
  const followed = followChanges(
    {
      fetch: fetch as unknown as typeof globalThis.fetch,
      hear(one) {
        heard.push(one);
        if (one.is === 'away') ages.push(Date.now() - one.since);
      },
      ...(patience && { patience }),
    },
    over.signal,
  );
  return { asked, heard, ages, followed };
}

const streamOf = ({ pieces, ending }: Exclude<Answer, number | 'nothing'>, signal: AbortSignal) =>
  new ReadableStream<Uint8Array>({
    start(out) {
      for (const piece of pieces) out.enqueue(piece);
      if (ending === 'end') out.close();
      signal.addEventListener('abort', () => out.error(signal.reason));
    },
    pull(out) {
      if (ending === 'break') out.error(new Error('reset'));
      return new Promise(() => undefined);
    },
  });

const told = (heard: readonly Heard[]) =>
  heard.map((one) => {
    if (one.is === 'change') return one.kind;
    return one.is === 'begun' ? `begun ${one.isGapless ? 'without' : 'with'} a gap` : one.is;
  });

it('goes on after the last change that it heard, however the stream ended', async () => {
  const { asked, heard, followed } = stage([
    { pieces: [begun(7), change(8)], ending: 'end' },
    { pieces: [begun(8), change(9), change(12)], ending: 'break' },
    { pieces: [begun(12)], ending: 'silence' },
    503,
    { pieces: [begun(12), change(13)], ending: 'end' },
  ]);
  await followed;
  expect(asked).toEqual(
    ['', '?after=8', '?after=12', '?after=12', '?after=12', '?after=13'].map((query) => `/v1/events${query}`),
  );
  expect(told(heard)).toEqual([
    ...[
      'begun with a gap',
      'promotion',
      'away',
      'begun without a gap',
      'promotion',
      'promotion',
      'away',
      'begun without a gap',
      'away',
      'away',
    ],
    ...['begun without a gap', 'promotion', 'away'],
  ]);
});

it('tells since when it heard nothing, not since when it noticed', async () => {
  const { ages, followed } = stage([
    { pieces: [begun(7), change(8)], ending: 'silence' },
    { pieces: [begun(8)], ending: 'end' },
  ]);
  await followed;
  expect(ages[0]).toBeGreaterThanOrEqual(19);
  expect(ages[1]).toBeLessThan(ages[0] ?? 0);
});

it('notices within five seconds that a stream says nothing any more, and no sooner than after two missed heartbeats', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { heard, followed } = stage([{ pieces: [begun(7)], ending: 'silence' }], null);
  await vi.advanceTimersByTimeAsync(2 * heartbeatMs);
  expect(told(heard)).toEqual(['begun with a gap']);
  await vi.advanceTimersByTimeAsync(5_000 - 2 * heartbeatMs);
  expect(told(heard)).toContain('away');
  await vi.runAllTimersAsync();
  await followed;
});

it('notices within a second after a machine woke that it heard nothing while that slept', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { ages, followed } = stage([{ pieces: [begun(7)], ending: 'silence' }], null);
  await vi.advanceTimersByTimeAsync(500);
  // Timers do not go on in sleep; the time of day does.
  vi.setSystemTime(Date.now() + 3_600_000);
  expect(ages).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(ages[0]).toBeGreaterThanOrEqual(3_600_000);
  await vi.runAllTimersAsync();
  await followed;
});

it('asks again where its question got no answer at all', async () => {
  const { heard, followed } = stage(['nothing', { pieces: [begun(7)], ending: 'end' }]);
  await followed;
  expect(told(heard).slice(0, 2)).toEqual(['away', 'begun with a gap']);
});

it('begins anew where the numbers are others: a database that was restored', async () => {
  const { asked, heard, followed } = stage([
    { pieces: [begun(70)], ending: 'end' },
    { pieces: [begun(3, true), change(4)], ending: 'end' },
  ]);
  await followed;
  expect(told(heard)).toEqual(['begun with a gap', 'away', 'begun with a gap', 'promotion', 'away']);
  expect(asked.at(-1)).toBe('/v1/events?after=4');
});

it('keeps its place while the records are away', async () => {
  const { asked, heard, followed } = stage([
    { pieces: [begun(7), change(8), away, begun(8), away], ending: 'end' },
    { pieces: [begun(8)], ending: 'end' },
  ]);
  await followed;
  expect(asked.slice(1)).toEqual(['/v1/events?after=8', '/v1/events?after=8']);
  expect(told(heard).slice(0, 5)).toEqual(['begun with a gap', 'promotion', 'away', 'begun without a gap', 'away']);
});

it('hears that its token ended in the middle of a stream, and goes on after any other error', async () => {
  const error = (code: string) => frame({ error: { code, message: 'x', hint: 'y', source: 'user' } });
  const { asked, heard, followed } = stage([
    { pieces: [begun(7), error('unexpected')], ending: 'end' },
    { pieces: [begun(7), change(8), error('unauthorized')], ending: 'end' },
    401,
  ]);
  await followed;
  expect(asked).toEqual(['/v1/events', '/v1/events?after=7', '/v1/events?after=8']);
  expect(told(heard)).toEqual([...['begun with a gap', 'away', 'begun without a gap', 'promotion', 'away', 'out']]);
});

it('ends where nobody is signed in any more', async () => {
  const { heard, followed } = stage([{ pieces: [begun(1)], ending: 'end' }, 401]);
  await followed;
  expect(told(heard)).toEqual(['begun with a gap', 'away', 'out']);
});
