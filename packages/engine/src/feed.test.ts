import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Feed, type FeedLine, feed } from './feed.ts';
import type { HeardEvent } from './store/heard-events.ts';

const everyMs = 2_000;
const lingerMs = 10_000;

/** What is in the database: events by their number, of which one divisible by ten is another home's. */
let newest: number;
let isAway: boolean;
let reads: string[];
let reported: number;
let all: Feed;
let left: AbortController[];

const event = (sequence: number): HeardEvent => ({ sequence, at: '', kind: 'lock', subject: 'first', view: null });
const heard = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => from + 1 + index).filter((one) => one % 10 !== 0);

async function read(after: number, limit: number) {
  reads.push(`${after} ${limit}`);
  if (isAway) throw new Error('away');
  const some = heard(after, newest).slice(0, limit);
  return { events: some.map(event), newest, upTo: some.length >= limit ? (some.at(-1) ?? 0) : newest };
}

beforeEach(() => {
  vi.useFakeTimers();
  [newest, isAway, reads, reported, left] = [0, false, [], 0, []];
  all = feed(read, { report: () => reported++, everyMs, lingerMs });
});
afterEach(() => {
  all.end();
  vi.useRealTimers();
});

/** A reader that takes all that comes, until `leave`. */
function reader(after: number | null, follow = true) {
  const gone = new AbortController();
  left.push(gone);
  const lines: FeedLine[] = [];
  let hasEnded = false;
  void (async () => {
    for await (const line of all.events({ after, follow, signal: gone.signal })) lines.push(line);
    hasEnded = true;
  })();
  return {
    lines,
    leave: () => gone.abort(),
    hasEnded: () => hasEnded,
    numbers: () => lines.flatMap((line) => ('subject' in line ? [line.sequence] : [])),
    said: () => lines.filter((line) => !('subject' in line)),
  };
}
const settle = () => vi.advanceTimersByTimeAsync(0);
/** Events are committed, and the notification arrives unless it is lost. */
async function happened(count: number, isTold = true): Promise<void> {
  newest += count;
  if (isTold) all.told();
  await settle();
}

describe('a reader of the feed', () => {
  it('hears first from which number on it is told, and then of all that happens, in order', async () => {
    newest = 7;
    const one = reader(null);
    await settle();
    expect(one.lines).toEqual([{ kind: 'begun', sequence: 7, reset: false }]);
    for (let count = 0; count < 8; count++) await happened(1);
    expect(one.numbers()).toEqual([8, 9, 11, 12, 13, 14, 15]);
  });

  it('is one query for all of them', async () => {
    newest = 5;
    const readers = Array.from({ length: 50 }, () => reader(null));
    await settle();
    reads.length = 0;
    await happened(3);
    expect(reads).toEqual(['5 200']);
    for (const one of readers) expect(one.numbers()).toEqual([6, 7, 8]);
  });

  it('asks nothing and keeps nothing while nobody is there, but for a while after the last one', async () => {
    all.told();
    await vi.advanceTimersByTimeAsync(10 * everyMs);
    expect(reads).toEqual([]);
    const one = reader(null);
    await settle();
    one.leave();
    await settle();
    expect(one.hasEnded()).toBe(true);
    await happened(3);
    expect(reads).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(lingerMs + 2 * everyMs);
    reads.length = 0;
    await happened(3);
    await vi.advanceTimersByTimeAsync(10 * everyMs);
    expect(reads).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    const other = reader(2);
    await settle();
    expect(other.numbers()).toEqual([3, 4, 5, 6]);
  });

  it('hears what happened although the notification was lost', async () => {
    const one = reader(null);
    await settle();
    await happened(2, false);
    expect(one.numbers()).toEqual([]);
    await vi.advanceTimersByTimeAsync(everyMs);
    expect(one.numbers()).toEqual([1, 2]);
  });

  it.each([
    ['in memory', 600, 595],
    ['older than that', 600, 3],
    ['the first of all', 1_234, 0],
  ])('that resumes by a number (%s) hears all behind it once, while more happens', async (_where, count, after) => {
    newest = count;
    const one = reader(after);
    for (let more = 0; more < 30; more++) await happened(7);
    expect(one.said()).toEqual([{ kind: 'begun', sequence: after, reset: false }]);
    expect(one.numbers()).toEqual(heard(after, newest));
  });

  it('that takes nothing for long keeps nobody waiting, and misses nothing', async () => {
    const gone = new AbortController();
    const slow = all.events({ after: null, follow: true, signal: gone.signal });
    const other = reader(null);
    expect((await slow.next()).value).toMatchObject({ kind: 'begun', sequence: 0 });
    for (let more = 0; more < 20; more++) await happened(100);
    expect(other.numbers()).toEqual(heard(0, 2_000));
    const numbers: number[] = [];
    while (numbers.at(-1) !== 1_999) {
      const { value } = await slow.next();
      if (value && 'subject' in value) numbers.push(value.sequence);
    }
    expect(numbers).toEqual(heard(0, 2_000));
    gone.abort();
    expect((await slow.next()).done).toBe(true);
  });

  it('that knows a number which does not exist begins anew, at the beginning and later', async () => {
    newest = 50;
    const one = reader(99);
    await settle();
    expect(one.lines).toEqual([{ kind: 'begun', sequence: 50, reset: true }]);
    await happened(2);
    // Somebody restored an older state of the database.
    newest = 20;
    await happened(0);
    expect(one.said().slice(1)).toEqual([{ kind: 'begun', sequence: 20, reset: true }]);
    await happened(2);
    expect(one.numbers()).toEqual([51, 52, 21, 22]);
  });

  it('that was told elsewhere of something newer than what is known here is asked for it, not sent back', async () => {
    reader(null);
    await settle();
    newest = 3;
    const one = reader(3);
    await settle();
    expect(one.said()).toEqual([{ kind: 'begun', sequence: 3, reset: false }]);
  });

  it('hears that the database is away, and when it is back, and then what happened meanwhile', async () => {
    newest = 5;
    const one = reader(null);
    await settle();
    isAway = true;
    await vi.advanceTimersByTimeAsync(3 * everyMs);
    const late = reader(2);
    await settle();
    expect(late.lines).toEqual([{ kind: 'away', since: expect.stringMatching(/Z$/) }]);
    newest = 8;
    isAway = false;
    await vi.advanceTimersByTimeAsync(everyMs);
    const begun = (sequence: number) => ({ kind: 'begun', sequence, reset: false });
    expect(one.said()).toEqual([begun(5), late.lines[0], begun(5)]);
    expect(one.numbers()).toEqual([6, 7, 8]);
    expect(late.said()).toEqual([late.lines[0], begun(2)]);
    expect(late.numbers()).toEqual([3, 4, 5, 6, 7, 8]);
    expect(reported).toBe(1);
  });

  it('hears of the outage also in the middle of what is older than memory', async () => {
    newest = 3_000;
    const gone = new AbortController();
    const slow = all.events({ after: 0, follow: true, signal: gone.signal });
    const lines: FeedLine[] = [];
    for (let count = 0; count < 181; count++) lines.push((await slow.next()).value as FeedLine);
    isAway = true;
    for (let count = 0; count < 21; count++) lines.push((await slow.next()).value as FeedLine);
    expect(lines.at(-1)).toMatchObject({ kind: 'away' });
    isAway = false;
    const next = slow.next();
    await vi.advanceTimersByTimeAsync(everyMs);
    lines.push((await next).value as FeedLine);
    const position = lines.findLast((line) => 'subject' in line) as HeardEvent;
    expect(lines.at(-1)).toEqual({ kind: 'begun', sequence: position.sequence, reset: false });
    while (lines.at(-1) !== undefined && (lines.at(-1) as HeardEvent).sequence !== 2_999)
      lines.push((await slow.next()).value as FeedLine);
    expect(lines.flatMap((line) => ('subject' in line ? [line.sequence] : []))).toEqual(heard(0, 3_000));
    gone.abort();
  });

  it('that does not follow ends with what had happened', async () => {
    newest = 700;
    const ending = all.events({ after: 10, follow: false, signal: new AbortController().signal });
    expect((await ending.next()).value).toMatchObject({ kind: 'begun', sequence: 10 });
    const first = (await ending.next()).value as HeardEvent;
    await happened(5);
    const numbers = [first.sequence];
    for await (const line of ending) if ('subject' in line) numbers.push(line.sequence);
    expect(numbers).toEqual(heard(10, 700));
    const nothing = reader(null, false);
    await settle();
    expect([nothing.numbers(), nothing.hasEnded()]).toEqual([[], true]);
  });

  it('ends when it leaves, and when the feed does', async () => {
    const [one, other] = [reader(null), reader(null)];
    await settle();
    one.leave();
    await settle();
    expect([one.hasEnded(), other.hasEnded()]).toEqual([true, false]);
    all.end();
    await settle();
    expect(other.hasEnded()).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    const late = reader(null);
    await settle();
    expect([late.lines, late.hasEnded()]).toEqual([[], true]);
  });
});
