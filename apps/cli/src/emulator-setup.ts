import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { isPackaged } from '@soundbite/model/programs.ts';
import { knownEnvironments } from './declaration.ts';
import { requirementsOf, sharedPython } from './emulator-python.ts';
import type { Shell } from './shell.ts';

/**
 * Installs the emulator where the npm package has none yet and an environment is emulated, as scripts/soundbite.sh does in the repository. It is made
 * beside its place and then moved there: whoever is killed leaves nothing that looks whole, and of two at once both end well.
 * Errors: `python-missing`, `emulator-not-installed`.
 */
export async function readyEmulator(shell: Shell): Promise<void> {
  if (!isPackaged) return;
  const place = sharedPython(shell);
  if (existsSync(place)) return;
  const environments = await knownEnvironments(shell);
  if (environments.some(({ cloud }) => cloud.kind === 'emulated')) await installEmulator(shell, place);
}

/** Makes the virtual environment `place`. */
export async function installEmulator(shell: Shell, place: string): Promise<void> {
  const say = (line: string) => shell.host.stderr.write(`${line}\n`);
  await demandPython(shell);
  say(`soundbite: installing the emulator into ${place}, once for all repositories`);
  await mkdir(dirname(place), { recursive: true });
  await sweep(place);
  const made = `${place}.${process.pid}`;
  const python = join(made, 'bin/python');
  const pip = ['-m', 'pip', 'install', '--no-user', '--quiet', '--disable-pip-version-check', '--no-input'];
  try {
    await told(shell, 'python3', ['-m', 'venv', made], say);
    await told(shell, python, [...pip, '--require-hashes', '--requirement', requirementsOf(shell)], say);
    await told(shell, python, ['-c', 'import importlib.metadata as m; m.version("ministack")'], say);
    await rename(made, place).catch((error: NodeJS.ErrnoException) => {
      // Another command was quicker, with the same packages.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

/** What killed commands left, one of the same process id among them. An installer that outlived its command may still write there: then the next one removes it. */
async function sweep(place: string): Promise<void> {
  const [directory, name] = [dirname(place), basename(place)];
  for (const entry of await readdir(directory)) {
    const [, pid] = new RegExp(`^${name}\\.(\\d+)$`).exec(entry) ?? [];
    if (pid && (Number(pid) === process.pid || !existsSync(`/proc/${pid}`)))
      await rm(join(directory, entry), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

const wanted = 'install Python 3.10 or newer with its venv module: apt-get install python3 python3-venv';

async function demandPython({ host }: Shell): Promise<void> {
  const look = 'import sys, venv, ensurepip; print(sys.version.split()[0]); sys.exit(sys.version_info < (3, 10))';
  try {
    await promisify(execFile)('python3', ['-c', look], { env: installerEnvironment(host.env) });
  } catch (cause) {
    const { code, stdout, stderr = '' } = cause as { code?: unknown; stdout?: string; stderr?: string };
    const lacks = stderr.includes('ModuleNotFoundError')
      ? 'python3 makes no virtual environments'
      : `python3 ${stdout?.trim()} is too old`;
    const message = code === 'ENOENT' ? 'python3 is missing' : lacks;
    throw new SoundBiteError('python-missing', `${message}: the emulated accounts need it`, { hint: wanted, cause });
  }
}

/** Runs an installer; what it says is passed on line by line. */
async function told({ host }: Shell, program: string, args: readonly string[], say: (line: string) => void) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: installerEnvironment(host.env) });
  let last = '';
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', (line) => {
      last = line;
      say(line);
    });
  const code = await new Promise<number | string | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve(status ?? signal));
  });
  if (code === 0) return;
  throw new SoundBiteError('emulator-not-installed', `the emulator could not be installed: ${last || code}`);
}

/** Settings that say where registries are and how they are reached; the rest of pip's and Python's changes what is installed. docs/decisions/0027. */
const ofRegistries =
  /^pip_(.*index.*|find_links|.*proxy|.*cert|trusted_host|keyring_provider|cache.*|.*config.*|.*timeout|retries)$/i;

/** What the user's shell says to Python and pip for other projects changes neither what is installed nor how it runs. */
export function installerEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]): [string, string][] =>
      value === undefined || name.startsWith('PYTHON') || (/^pip_/i.test(name) && !ofRegistries.test(name))
        ? []
        : [[name, value]],
    ),
  );
}
