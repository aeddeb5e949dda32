import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestRecord, RequestsSince } from '@soundbite/model';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EdgeEvent } from './events.ts';
import { recordsOf } from './request-records.ts';
import { temporaryDirectory } from './testing.ts';

const home = temporaryDirectory();
let directory = '';
let events: EdgeEvent[] = [];
const emit = (event: EdgeEvent) => void events.push(event);

function record(start: number): RequestRecord {
  const base = { environment: 'staging', method: 'GET', route: '/', status: 200, release: null, version: null };
  return { ...base, start, ms: 1.5, pinned: false };
}

beforeEach(() => {
  directory = join(home.path, crypto.randomUUID());
  mkdirSync(directory);
  events = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));
afterAll(() => home.end());

describe('recordsOf', () => {
  it('gives what started since a time, also what fell out of memory', async () => {
    const records = recordsOf('staging', directory, emit, { inMemory: 10, fileBytes: 1e6 });
    const first = Date.now() + 1_000;
    for (let i = 0; i < 100; i += 1) records.add(record(first + i * 10));
    const starts = async (since: number) =>
      (await records.since({ time: since })).records.map(({ start }) => (start - first) / 10);
    expect(await starts(first + 960)).toEqual([96, 97, 98, 99]);
    expect(await starts(first)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('tells each record once to who asks on, also what fell out of memory meanwhile, and each reader for itself', async () => {
    const records = recordsOf('staging', directory, emit, { inMemory: 10, fileBytes: 1e6 });
    const first = Date.now() + 1_000;
    const reader = () => {
      let since: RequestsSince = { time: first };
      return async () => {
        const { records: told, next } = await records.since(since);
        since = next;
        return told.map(({ start }) => start - first);
      };
    };
    const [quick, slow] = [reader(), reader()];
    const add = (from: number, to: number) => {
      for (let i = from; i < to; i += 1) records.add(record(first + i));
      return Array.from({ length: to - from }, (_, i) => from + i);
    };
    const few = add(0, 5);
    expect([await quick(), await quick(), await slow()]).toEqual([few, [], few]);
    const more = add(5, 8);
    expect(await quick()).toEqual(more);
    const many = add(8, 100);
    expect(await slow()).toEqual([...more, ...many]);
    expect([await slow(), await quick(), await quick()]).toEqual([[], many, []]);
  });

  it('tells all since its time to who asks on from an edge that has ended', async () => {
    const time = Date.now() + 1_000;
    const before = recordsOf('staging', directory, emit);
    before.add(record(time));
    const { next } = await before.since({ time });
    await before.flush();
    const after = recordsOf('staging', directory, emit);
    expect(await after.since({ ...next, time: 0 })).toMatchObject({ records: [record(time)], anew: true });
    expect(await after.since({ time: 0 })).not.toHaveProperty('anew');
  });

  it('knows after a restart what was before', async () => {
    const before = recordsOf('staging', directory, emit);
    before.add(record(1_000));
    await before.flush();
    // The last line as a crash leaves it.
    const file = join(directory, 'staging.ndjson');
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"environment":"sta`);
    const after = recordsOf('staging', directory, emit);
    expect((await after.since({ time: 0 })).records).toEqual([record(1_000)]);
  });

  it('keeps its files bounded', async () => {
    const records = recordsOf('staging', directory, emit, { inMemory: 10, fileBytes: 2_000 });
    for (let i = 0; i < 200; i += 1) {
      records.add(record(i));
      await records.flush();
    }
    const bytes = ['staging.ndjson', 'staging.ndjson.1'].map((name) => readFileSync(join(directory, name)).length);
    expect(Math.max(...bytes)).toBeLessThan(2_500);
    // What was dropped is not told as nothing.
    const { records: kept, whole } = await records.since({ time: 0 });
    expect(kept[0]?.start).toBeGreaterThan(100);
    expect(whole?.since).toBe((kept[0]?.start ?? 0) + 3);
    expect(await records.since({ time: whole?.since ?? 0 })).not.toHaveProperty('whole');
  });

  it('says from when on it is all, to who asks on after more than is kept', async () => {
    const records = recordsOf('staging', directory, emit, { inMemory: 5, fileBytes: 1_000 });
    const { next } = await records.since({ time: 0 });
    for (let i = 0; i < 100; i += 1) {
      records.add(record(i));
      await records.flush();
    }
    const { records: told, whole, next: now } = await records.since(next);
    expect([told.length < 100, whole?.since]).toEqual([true, (told[0]?.start ?? 0) + 3]);
    records.add(record(101));
    expect(await records.since(now)).toEqual({ records: [record(101)], next: expect.anything() });
  });

  it('counts and reports what it cannot write, and goes on', async () => {
    rmSync(directory, { recursive: true });
    const records = recordsOf('staging', directory, emit);
    records.add(record(Date.now() + 1));
    await records.flush();
    expect(records.lost()).toBe(1);
    expect(events.map(({ code }) => code)).toEqual(['records-lost']);
    expect((await records.since({ time: 0 })).whole?.since).toBeGreaterThan(Date.now() - 60_000);
    mkdirSync(directory);
    chmodSync(directory, 0o700);
    records.add(record(Date.now() + 2));
    await records.flush();
    expect(records.lost()).toBe(1);
    expect(readFileSync(join(directory, 'staging.ndjson'), 'utf8').split('\n')).toHaveLength(2);
  });
});
