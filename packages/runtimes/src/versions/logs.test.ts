import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogLine, RunningProcess, Target } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processLogs } from './logs.ts';
import type { VersionParts } from './parts.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'soundbite-logs-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const target = { environment: { name: 'dev-aws' } } as Target;
const logOf = (name: string) => join(root, `${name}.log`);
const api = 'service-dev-aws-api-0123456789ab';
const worker = 'service-dev-aws-worker-0123456789ab';

const partsWith = (...names: string[]) =>
  ({
    supervisor: { list: async () => names.map((name) => ({ name, log: logOf(name) }) as RunningProcess) },
  }) as unknown as VersionParts;

const line = (time: string, text: string) => `${JSON.stringify({ time, text })}\n`;

async function all(lines: AsyncIterable<LogLine>): Promise<LogLine[]> {
  const found: LogLine[] = [];
  for await (const one of lines) found.push(one);
  return found;
}

describe('the lines of an environment’s processes', () => {
  it('come from both parts in order of time, and from no other environment', async () => {
    const other = 'service-dev-aws-deployed-api-0123456789ab';
    await writeFile(logOf(api), line('2026-01-01T00:00:02Z', 'second'));
    await writeFile(logOf(worker), line('2026-01-01T00:00:01Z', 'first') + line('2026-01-01T00:00:03Z', 'third'));
    await writeFile(logOf(other), line('2026-01-01T00:00:01Z', 'of another'));
    const lines = await all(processLogs(partsWith(api, worker, other), target, { sinceMs: 0, follow: false }));
    expect(lines.map(({ source, text }) => [source, JSON.parse(text).text])).toEqual([
      ['worker', 'first'],
      ['api', 'second'],
      ['worker', 'third'],
    ]);
  });

  it('of one release are those of its processes alone', async () => {
    const later = 'service-dev-aws-api-ba9876543210';
    await writeFile(logOf(api), line('2026-01-01T00:00:01Z', 'live'));
    await writeFile(logOf(later), line('2026-01-01T00:00:01Z', 'on trial'));
    const of = `sha256:ba9876543210${'0'.repeat(52)}` as const;
    const lines = await all(processLogs(partsWith(api, later), target, { sinceMs: 0, follow: false, of }));
    expect(lines.map(({ text }) => JSON.parse(text).text)).toEqual(['on trial']);
  });

  it('begin at the given time', async () => {
    await writeFile(logOf(api), line('2026-01-01T00:00:01Z', 'before') + line('2026-01-01T00:00:05Z', 'after'));
    const sinceMs = Date.parse('2026-01-01T00:00:03Z');
    const lines = await all(processLogs(partsWith(api), target, { sinceMs, follow: false }));
    expect(lines.map(({ at }) => at)).toEqual(['2026-01-01T00:00:05.000Z']);
  });

  it('go on while they are followed, over a rotation, until the signal', async () => {
    await writeFile(logOf(api), 'one\nhal');
    const ended = new AbortController();
    const lines = processLogs(partsWith(api), target, { sinceMs: 0, follow: true, signal: ended.signal })[
      Symbol.asyncIterator
    ]();
    const next = async () => ((await lines.next()).value as LogLine | undefined)?.text;
    expect(await next()).toBe('one');
    await appendFile(logOf(api), 'f\n');
    expect(await next()).toBe('half');
    await truncate(logOf(api));
    const rotated = next();
    await appendFile(logOf(api), 'x\n');
    expect(await rotated).toBe('x');
    ended.abort();
    expect((await lines.next()).done).toBe(true);
  });
});
