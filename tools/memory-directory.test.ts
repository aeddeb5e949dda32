import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { memoryDirectory } from './memory-directory.ts';

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
