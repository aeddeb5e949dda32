import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toErrorDocument } from '@soundbite/model/errors.ts';
import { afterEach, beforeEach, expect, it, type TestContext } from 'vitest';
import { makeWritable } from './writable-home.ts';

let disk: string;
let isMounted = false;
beforeEach(() => {
  disk = mkdtempSync(join(tmpdir(), 'soundbite-writable-'));
});
afterEach(() => {
  if (isMounted) execFileSync('umount', [disk]);
  isMounted = false;
  rmSync(disk, { recursive: true });
});

function mount({ skip }: TestContext, options: string): void {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk], { stdio: 'ignore' });
    isMounted = true;
  } catch {
    skip('only root may mount a small disk');
  }
}

const said = (home: string) =>
  makeWritable(home).then(
    () => 'well',
    (error: unknown) => toErrorDocument(error),
  );

it('a home is made, closed to others, and nothing is left in it', async () => {
  const home = join(disk, 'a/b');
  expect(await said(home)).toBe('well');
  expect(readdirSync(home)).toEqual([]);
});

it('a full disk is told before anything is started', async (context) => {
  mount(context, 'size=64k');
  for (const name of ['home', 'other']) mkdirSync(join(disk, name));
  expect(() => writeFileSync(join(disk, 'filler'), Buffer.alloc(1e6))).toThrow('ENOSPC');
  for (const home of [disk, join(disk, 'home')])
    expect(await said(home)).toMatchObject({ code: 'disk-full', message: `the disk of ${home} is full` });
});

it('a read-only disk is told, whether the home is there or not', async (context) => {
  mount(context, 'size=64k');
  mkdirSync(join(disk, 'home'));
  if (isMounted) execFileSync('mount', ['-o', 'remount,ro', disk]);
  for (const name of ['home', 'new', 'new/deep']) {
    const home = join(disk, name);
    expect(await said(home)).toMatchObject({
      code: 'disk-read-only',
      message: `${home} is on a read-only file system`,
    });
  }
  expect(existsSync(join(disk, 'new'))).toBe(false);
});
