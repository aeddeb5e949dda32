import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endingReason } from './ending-reason.ts';

let directory: string;
const log = () => join(directory, 'a.log');
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'soundbite-reason-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const fatal = { level: 60, time: 1_000, code: 'database-down', message: 'nobody listens there', hint: 'start it' };

it('why a control plane ended is what it said last, and lately', async () => {
  expect(await endingReason(log(), 0)).toBeNull();
  writeFileSync(log(), `{"level":30,"time":999}\nno JSON\n${JSON.stringify(fatal)}\n{"level":30,"time":1001}\n{"lev`);
  expect(await endingReason(log(), 1_000)).toMatchObject({ code: 'database-down', message: 'nobody listens there' });
  // Of an earlier start.
  expect(await endingReason(log(), 1_001)).toBeNull();
});
