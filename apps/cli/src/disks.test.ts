import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, type TestContext } from 'vitest';
import { inspectDisks } from './disks.ts';
import type { Shell } from './shell.ts';

let root: string;
let small: string;
let isMounted = false;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'soundbite-disks-'));
  small = join(root, 'small');
  mkdirSync(small);
});
afterEach(() => {
  if (isMounted) execFileSync('umount', [small]);
  isMounted = false;
  rmSync(root, { recursive: true });
});

function mount({ skip }: TestContext, ...options: string[]): void {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options.join(), 'tmpfs', small], { stdio: 'ignore' });
    isMounted = true;
  } catch {
    skip('only root may mount a small disk');
  }
}

const state = async (home: string) =>
  (await inspectDisks({ root, home } as Shell)).find(({ name }) => name === 'disk of the state');

it('a disk that the repository shares with the state is named once, also before there is a state', async () => {
  const names = (await inspectDisks({ root, home: join(root, 'not/yet') } as Shell)).map(({ name }) => name);
  expect(names).toContain('disk of the repository');
  expect(names).not.toContain('disk of the state');
});

it('a full disk is named, with what is free and what is needed', async (context) => {
  mount(context, 'size=2m');
  writeFileSync(join(small, 'filler'), Buffer.alloc(1_000_000));
  expect(await state(join(small, 'home'))).toEqual({
    name: 'disk of the state',
    ok: false,
    detail: `1 MB free at ${small}, 500 MB needed`,
    hint: expect.stringContaining(`du -xsh ${small}/*`),
  });
});

it('a disk that takes no more files is full as well', async (context) => {
  mount(context, 'size=900m', 'nr_inodes=10');
  expect(await state(small)).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/has room for only \d more files/),
  });
});

it('a disk that takes no writes is named', async (context) => {
  mount(context, 'ro');
  expect(await state(small)).toMatchObject({ ok: false, detail: `${small} is on a read-only file system` });
});
