import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { memoryDirectory, withMemoryForRoot } from './memory-directory.ts';

it('is anybody’s and empty where there is room, and nothing where there is none', () => {
  const place = mkdtempSync(join(tmpdir(), 'soundbite-memory-'));
  onTestFinished(() => rmSync(place, { recursive: true }));
  const made = memoryDirectory(place, 1);
  expect(readdirSync(made?.path ?? '')).toEqual([]);
  expect(statSync(made?.path ?? '').mode & 0o7777).toBe(0o1777);
  made?.remove();
  expect(memoryDirectory(place, Number.MAX_SAFE_INTEGER)).toBeNull();
  expect(readdirSync(place)).toEqual([]);
  expect(memoryDirectory(join(place, 'nosuch'), 1)).toBeNull();
});

it('has what root’s commands make in /var/lib, each its own, where they may mount', () => {
  const path = mkdtempSync(join(tmpdir(), 'soundbite-memory-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  const made = `/var/lib/soundbite-test-${process.pid}`;
  for (let i = 0; i < 2; i += 1) {
    const [program, ...options] = withMemoryForRoot({ path });
    // Made anew: neither the machine nor another command has it.
    if (program !== undefined) execFileSync(program, [...options, 'mkdir', made]);
    expect(existsSync(made)).toBe(false);
    expect(readdirSync(path)).toHaveLength(program === undefined ? 0 : i + 1);
  }
});
