import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unknownMemory } from '@soundbite/model';
import { afterEach, expect, it } from 'vitest';
import { processMemory } from './process-memory.ts';

const proc = mkdtempSync(join(tmpdir(), 'proc-'));
afterEach(() => rmSync(proc, { recursive: true, force: true }));

const process = (status: string, command: readonly string[]) => {
  mkdirSync(join(proc, '7'), { recursive: true });
  writeFileSync(join(proc, '7/status'), status);
  writeFileSync(join(proc, '7/cmdline'), command.join('\0'));
  return processMemory(7, proc);
};

it('reads what a process uses, the most that it used, and what it may use by how it was started', async () => {
  const status = 'Name:\tnode\nVmPeak:\t 9999999 kB\nVmHWM:\t  153600 kB\nVmRSS:\t  102400 kB\n';
  const told = await process(status, ['node', '--max-old-space-size=300', 'index.mjs']);
  expect(told).toEqual({ usedMiB: 100, peakMiB: 150, limitMiB: 460 });
});

it('does not know what is not told', async () => {
  expect(await processMemory(8, proc)).toEqual(unknownMemory);
  expect(await process('Name:\tkthreadd\n', ['x--max-old-space-size=300'])).toEqual(unknownMemory);
});
