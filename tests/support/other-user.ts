import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, lstat, mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './cli.ts';
import { npmCache } from './users-home.ts';
import { workingCopy } from './working-copy.ts';

const run = promisify(execFile);

/** Somebody who is not root and owns nothing. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** What a user's shell has to begin with. */
const path = '/usr/local/bin:/usr/bin:/bin';

/** The account `nobody`; or why it cannot be acted as, or has not what the packages that are installed here need. */
export async function otherUser(): Promise<User | string> {
  if (userInfo().uid !== 0) return 'only root can act as somebody else';
  const ids = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, 'nobody']))).catch(() => null);
  if (!ids) return 'there is no user nobody';
  const [uid = 0, gid = 0] = ids.map(({ stdout }) => Number(stdout));
  const user = { uid, gid };
  const lacking = Object.entries({
    node: 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)',
    python3: `import sys, venv; sys.exit("python%d.%d" % sys.version_info[:2] != "${await pythonHere()}")`,
  }).map(async ([program, text]) => {
    const flag = program === 'node' ? '-e' : '-c';
    return run(program, [flag, text], { ...user, cwd: '/', env: { PATH: path } }).then(
      () => [],
      () => [program],
    );
  });
  const found = (await Promise.all(lacking)).flat();
  return found.length === 0 ? user : `nobody has no fitting ${found.join(' and ')} in ${path}`;
}

/** The Python for which the emulator's packages are installed here, e.g. `python3.11`. */
const pythonHere = async (): Promise<string> => (await readdir(join(root, '.venv/lib')))[0] ?? 'no python';

export interface Closed {
  readonly directory: string;
  /** Runs `scripts/soundbite.sh` there as the user, in an environment with nothing but a PATH and a HOME. */
  soundbite(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }>;
  remove(): Promise<void>;
}

/** This repository as its working tree stands, with all packages of npm, where everybody may read it. */
export async function openCopy(): Promise<Pick<Closed, 'directory' | 'remove'>> {
  const { directory, remove } = await workingCopy();
  await takePackages(directory);
  await chmod(directory, 0o755);
  return { directory, remove };
}

/**
 * This repository as its working tree stands, in a directory that belongs to a user and that nobody else may enter, with all packages and their archives, so
 * that nothing is fetched.
 */
export async function closedCopy(user: User): Promise<Closed> {
  const copy = await workingCopy();
  const { directory } = copy;
  for (const name of await readdir(directory)) await own(join(directory, name), user);
  await takePackages(directory);
  const packages = join('.venv/lib', await pythonHere(), 'site-packages');
  await run('python3', ['-m', 'venv', '--without-pip', join(directory, '.venv')], { env: { PATH: path } });
  await rm(join(directory, packages), { recursive: true });
  await linkTree(join(root, packages), join(directory, packages));
  await stamp(directory, 'node_modules', 'package-lock.json');
  await stamp(directory, '.venv', 'packages/clouds/emulator/requirements.txt');
  const archives = '_cacache/content-v2';
  await mkdir(join(directory, 'home/.npm/_cacache'), { recursive: true });
  await own(join(directory, 'home'), user);
  await linkTree(join(npmCache(), archives), join(directory, 'home/.npm', archives));
  await run('chown', [`${user.uid}:${user.gid}`, directory]);
  await chmod(directory, 0o700);
  return {
    directory,
    async soundbite(...args) {
      const child = spawn(join(directory, 'scripts/soundbite.sh'), args, {
        ...user,
        cwd: directory,
        env: { PATH: path, HOME: join(directory, 'home') },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const said = { stdout: '', stderr: '' };
      for (const stream of ['stdout', 'stderr'] as const)
        child[stream].setEncoding('utf8').on('data', (text: string) => {
          said[stream] += text;
        });
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, ...said };
    },
    remove: copy.remove,
  };
}

const own = (path: string, { uid, gid }: User) =>
  run('chown', ['--recursive', '--no-dereference', `${uid}:${gid}`, path]);

/** All packages of npm in place of the links to them: they may lie where the user may not look. */
async function takePackages(directory: string): Promise<void> {
  for (const packages of ['node_modules', 'apps/service/node_modules']) {
    await rm(join(directory, packages), { recursive: true });
    await linkTree(join(root, packages), join(directory, packages));
  }
}

/** The same files under another directory; bytes are copied only where the disk is another one. */
async function linkTree(from: string, to: string): Promise<void> {
  await run('cp', ['--archive', '--link', from, to]).catch(async () => {
    await rm(to, { recursive: true, force: true });
    await run('cp', ['--archive', from, to]);
  });
}

/** What the set-up leaves when it has installed what a file locks. A new file: the old one may be a link to this repository's. */
async function stamp(directory: string, installed: string, lock: string): Promise<void> {
  const file = join(directory, installed, '.soundbite-lock');
  await rm(file, { force: true });
  await writeFile(
    file,
    createHash('sha256')
      .update(await readFile(join(directory, lock)))
      .digest('hex'),
  );
}

/** Everything in a directory that belongs to a user. */
export async function belongings(directory: string, { uid }: User): Promise<string[]> {
  const names = await readdir(directory);
  const owners = await Promise.all(
    names.map((name) =>
      lstat(join(directory, name)).then(
        (stat) => stat.uid,
        () => null,
      ),
    ),
  );
  return names.filter((_, index) => owners[index] === uid);
}

/** Processes that a user runs for a directory: their environment, their words or their working directory names it. Other tests act as the same user. */
export async function userProcesses({ uid }: User, directory: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const text = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      const [status, words, environment, cwd] = await Promise.all([
        text('status'),
        text('cmdline'),
        text('environ'),
        readlink(`/proc/${pid}/cwd`).catch(() => ''),
      ]);
      const isTheirs = new RegExp(`^Uid:\\t${uid}\\t`, 'm').test(status) && !/^State:\tZ/m.test(status);
      const isFor = [words, environment, cwd].some((said) => said.includes(directory));
      return isTheirs && isFor ? [`${pid} ${words.replaceAll('\0', ' ')}`] : [];
    }),
  );
  return found.flat();
}
