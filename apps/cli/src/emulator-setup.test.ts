import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheDirectory } from './cache-directory.js';
import { installEmulator, installerEnvironment } from './emulator-setup.ts';
import type { Shell } from './shell.ts';

let directory: string;
let said: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'soundbite-python-'));
  said = '';
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A machine whose `python3` is this script. */
function machine(script: string | null): Shell {
  const programs = join(directory, 'programs');
  mkdirSync(programs, { recursive: true });
  if (script !== null) {
    writeFileSync(join(programs, 'python3'), `#!/bin/sh\n${script}`);
    chmodSync(join(programs, 'python3'), 0o755);
  }
  const stderr = { write: (text: string) => (said += text) };
  const env = { PATH: script === null ? programs : `${programs}:/usr/bin:/bin` };
  return { installation: '/installation', host: { env, stderr } } as unknown as Shell;
}

/** Makes a virtual environment whose Python writes down what it was asked, and ends with `exit`. */
const python = (exit: number) => `[ "$2" = venv ] || exit 0
mkdir -p "$3/bin"
printf '#!/bin/sh\\necho "$@" >> "$(dirname "$0")/asked"; [ ${exit} = 0 ] || { echo no network >&2; exit ${exit}; }' > "$3/bin/python"
chmod +x "$3/bin/python"`;

describe("the emulator's Python", () => {
  const place = () => join(directory, 'cache/python-1');

  it('is made beside its place from the locked requirements, then moved there', async () => {
    await installEmulator(machine(python(0)), place());
    expect(readFileSync(join(place(), 'bin/asked'), 'utf8')).toContain(
      '--require-hashes --requirement /installation/packages/clouds/emulator/requirements.txt',
    );
    expect(said).toContain(`installing the emulator into ${place()}`);
    expect(readdirSync(join(directory, 'cache'))).toEqual(['python-1']);
  });

  it('is not there when the installer fails, and what a killed command left is removed', async () => {
    const left = ['4194305', process.pid].map((pid) => join(directory, `cache/python-1.${pid}`));
    for (const one of left) mkdirSync(join(one, 'lib'), { recursive: true });
    await expect(installEmulator(machine(python(1)), place())).rejects.toMatchObject({
      code: 'emulator-not-installed',
      message: 'the emulator could not be installed: no network',
    });
    expect(said).toContain('no network');
    expect(readdirSync(join(directory, 'cache'))).toEqual([]);
  });

  it('is the one of whoever was quicker', async () => {
    mkdirSync(join(place(), 'bin'), { recursive: true });
    writeFileSync(join(place(), 'bin/python'), 'theirs');
    await installEmulator(machine(python(0)), place());
    expect(readFileSync(join(place(), 'bin/python'), 'utf8')).toBe('theirs');
    expect(readdirSync(join(directory, 'cache'))).toEqual(['python-1']);
  });

  it.each([
    [null, 'python3 is missing'],
    ['echo 3.8.2; exit 1', 'python3 3.8.2 is too old'],
    ['echo "ModuleNotFoundError: No module named venv" >&2; exit 1', 'python3 makes no virtual environments'],
  ])('needs one that can make it: %s', async (script, message) => {
    await expect(installEmulator(machine(script), place())).rejects.toMatchObject({
      code: 'python-missing',
      message: expect.stringContaining(message),
      hint: expect.stringContaining('apt-get install python3 python3-venv'),
    });
  });

  it('is not installed by what a shell says to pip for other projects, but from where it says', () => {
    const kept = { PIP_INDEX_URL: 'https://mirror', HTTPS_PROXY: 'http://proxy', PATH: '/bin' };
    expect(installerEnvironment({ ...kept, PIP_TARGET: '/elsewhere', PYTHONPATH: '/mine', pip_user: '1' })).toEqual(
      kept,
    );
  });
});

it('what can be made again is kept in the cache of the user', () => {
  expect(cacheDirectory({ HOME: '/home/ada' })).toBe('/home/ada/.cache/soundbite');
  expect(cacheDirectory({ HOME: '/home/ada', XDG_CACHE_HOME: '/cache' })).toBe('/cache/soundbite');
  expect(cacheDirectory({ HOME: '/home/ada', XDG_CACHE_HOME: 'relative' })).toBe('/home/ada/.cache/soundbite');
});
