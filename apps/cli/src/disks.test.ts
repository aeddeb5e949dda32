import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { numbered } from '@soundbite/model/declaration/testing/given.ts';
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
  declare(3);
});
afterEach(() => {
  if (isMounted) execFileSync('umount', [small]);
  isMounted = false;
  rmSync(root, { recursive: true });
});

const declare = (accounts: number) => writeFileSync(join(root, 'environments.yaml'), numbered(accounts));

function mount({ skip }: TestContext, ...options: string[]): void {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options.join(), 'tmpfs', small], { stdio: 'ignore' });
    isMounted = true;
  } catch {
    skip('only root may mount a small disk');
  }
}

/** The repository declares environments in three emulated accounts, unless told otherwise. */
const shellAt = (home: string) => ({ root, home, host: { env: {} } }) as Shell;
const state = async (home: string) =>
  (await inspectDisks(shellAt(home))).find(({ name }) => name === 'disk of the state');

it('a disk that the repository shares with the state is named once, also before there is a state', async () => {
  const names = (await inspectDisks(shellAt(join(root, 'not/yet')))).map(({ name }) => name);
  expect(names).toContain('disk of the repository');
  expect(names).not.toContain('disk of the state');
});

it('a full disk is named, with what is free and what is needed', async (context) => {
  mount(context, 'size=2m');
  writeFileSync(join(small, 'filler'), Buffer.alloc(1_000_000));
  expect(await state(join(small, 'home'))).toEqual({
    name: 'disk of the state',
    ok: false,
    detail: `1 MB free at ${small}, 400 MB needed`,
    hint: expect.stringContaining(`du -xsh ${small}/*`),
  });
});

it.each([
  [1, '500 MB'],
  [10, '1.1 GB'],
])('a disk that has all of it must have room for the emulated accounts, too (%i)', async (accounts, needed) => {
  declare(accounts);
  const [disk] = await inspectDisks(shellAt(join(root, 'not/yet')));
  expect(disk).toMatchObject({ name: 'disk of the repository', detail: expect.stringContaining(`${needed} needed`) });
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
