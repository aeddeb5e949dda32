import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { homePlace } from '@soundbite/model/home-mark.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeShell } from './shell.ts';
import { type CliStage, setStage } from './testing/stage.ts';

let stage: CliStage;

beforeEach(async () => {
  stage = await setStage();
});
afterEach(() => stage.close());

const id = '0123456789abcdef0123456789abcdef';
const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

function markAs(changes: { readonly inode?: string } = {}): void {
  const place = { ...homePlace(statSync(stage.home, { bigint: true }), boot), ...changes };
  writeFileSync(join(stage.home, 'home.json'), JSON.stringify({ id, path: '/the/original', place }));
}

function addressOf(home: string): void {
  const file = join(stage.home, 'control-plane.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), home }));
}

it('a home that knows itself finds its control plane', async () => {
  markAs();
  addressOf(id);
  expect(await stage.run('status')).toMatchObject({ exit: 0, stderr: '' });
});

it('a copy asks nothing of the control plane of the original, and says whose copy it is', async () => {
  markAs({ inode: '1' });
  expect(await stage.run('status')).toMatchObject({
    exit: 3,
    stdout: '',
    stderr: `error: the control plane is not running: ${stage.home} is a copy of /the/original, whose control plane is another one\n    → ./scripts/soundbite.sh up\n`,
  });
});

it('an address file that was copied from another home leads nowhere', async () => {
  markAs();
  addressOf('f'.repeat(32));
  expect(await stage.run('status')).toMatchObject({ exit: 3, stderr: expect.stringMatching(/is not running\n/) });
});

it.each(['status', 'up', 'down', 'logs staging', 'release list --standalone'])(
  'a home that is a file, or lies in one, is told by %s in one sentence',
  async (words) => {
    const file = join(stage.home, 'file');
    writeFileSync(file, '');
    for (const home of [file, join(file, 'home')]) {
      const other = await setStage(undefined, { env: { SOUNDBITE_HOME: home } });
      const said = await other.run(...words.split(' '));
      await other.close();
      expect(said).toEqual({
        exit: 2,
        stdout: '',
        stderr: `error: ${home} cannot be used: ${file} is not a directory\n    → SOUNDBITE_HOME=<directory> ./scripts/soundbite.sh …, or unset SOUNDBITE_HOME\n`,
      });
    }
  },
);

it('a home behind a symbolic link is the same home: nothing is started anew because of its name', () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'soundbite-link-')));
  try {
    symlinkSync(stage.home, join(directory, 'link'));
    const host = { env: { SOUNDBITE_HOME: 'link' }, cwd: () => directory, stdout: {}, stderr: {} };
    expect(makeShell(host as never, '/root', {}).home).toBe(realpathSync(stage.home));
    rmSync(join(directory, 'link'));
    expect(makeShell(host as never, '/root', {}).home).toBe(join(directory, 'link'));
  } finally {
    rmSync(directory, { recursive: true });
  }
});
