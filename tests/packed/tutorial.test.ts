import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Status } from '@soundbite/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutRelease } from '../../packages/release/src/index.ts';
import { makePackage, type Packed } from '../../tools/package.ts';
import { root } from '../support/cli.ts';
import { npmSetting } from '../support/users-home.ts';

const run = promisify(execFile);

/** What a person with the archive alone does: docs/tutorials/your-own-service.md. */

/** The page's commands, one text for each block. */
const page = readFileSync(join(root, 'docs/tutorials/your-own-service.md'), 'utf8');
const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => text);
const blockWith = (part: string) => {
  const found = blocks.filter((text) => text.includes(part));
  if (found.length !== 1) throw new Error(`${found.length} blocks of the page have: ${part}`);
  return found[0] ?? '';
};

interface Ended {
  readonly code: number | null;
  /** Standard output and error. */
  readonly said: string;
}

/** How this machine reaches registries. */
const ofRegistries = /^(pip_.*|https?_proxy|no_proxy|node_extra_ca_certs|ssl_cert_.*)$/i;

/** A new user on a machine with git, Node 24 and Python, on which nothing of this repository is to be seen. */
class Newcomer {
  readonly place = mkdtempSync(join(tmpdir(), 'soundbite-packed-'));
  at = this.place;
  readonly ran: string[] = [];
  readonly #env: Record<string, string>;

  constructor(tarball: string) {
    mkdirSync(join(this.place, 'bin'));
    copyFileSync(process.execPath, join(this.place, 'bin/node'));
    this.#env = {
      PATH: `${this.place}/bin:/usr/bin:/bin`,
      HOME: join(this.place, 'home'),
      SOUNDBITE_PACKAGE: tarball,
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => ofRegistries.test(name))),
      PIP_CACHE_DIR: join(process.env.HOME ?? '/root', '.cache/pip'),
      ...Object.fromEntries(
        ['GIT_AUTHOR', 'GIT_COMMITTER'].flatMap((who) => [
          [`${who}_NAME`, 'Ada'],
          [`${who}_EMAIL`, 'a@b'],
        ]),
      ),
    };
    mkdirSync(join(this.place, 'home'));
    // Where npm's registry is, the user says; what was downloaded once is not downloaded again.
    symlinkSync(npmSetting('userconfig'), join(this.place, 'home/.npmrc'));
    symlinkSync(npmSetting('cache'), join(this.place, 'home/.npm'));
  }

  /** Runs a block as one script, up to its first command that fails; the next one begins in the directory that it ended in. */
  async runs(block: string): Promise<Ended> {
    this.ran.push(block);
    const there = join(this.place, 'there');
    const script = `mount -t tmpfs none ${root} || exit 99\ncd ${this.at}\ntrap 'pwd > ${there}' EXIT\nset -e\n${block}`;
    const child = spawn('unshare', [...ownMounts, '--mount', 'bash', '-c', script], {
      env: this.#env,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        said += text;
      });
    const [code] = (await once(child, 'close')) as [number | null];
    this.at = readFileSync(there, 'utf8').trim();
    return { code, said };
  }

  /** Runs a block that succeeds; what it said. */
  async does(block: string): Promise<string> {
    const { code, said } = await this.runs(block);
    expect(code, `${block}${said}`).toBe(0);
    return said;
  }
}

/** Root needs no namespace of users for mounts of its own. */
const ownMounts = process.getuid?.() === 0 ? [] : ['--map-root-user'];
const canHide = await run('unshare', [...ownMounts, '--mount', 'true']).then(
  () => true,
  () => false,
);

describe.skipIf(!canHide)('the packed archive in an empty directory', () => {
  const dist = mkdtempSync(join(tmpdir(), 'soundbite-dist-'));
  let packed: Packed;
  let newcomer: Newcomer;
  beforeAll(async () => {
    packed = await makePackage(dist);
    newcomer = new Newcomer(packed.tarball);
  });
  afterAll(async () => {
    if (newcomer && existsSync(join(newcomer.place, 'notes/node_modules/.bin/soundbite')))
      await newcomer.runs(`cd ${newcomer.place}/notes && npx soundbite down --purge`);
    for (const place of [dist, newcomer?.place]) if (place) rmSync(place, { recursive: true, force: true });
  });
  const inNotes = (line: string) => newcomer.does(line).then((said) => said.trim());
  const noteAt = async (path: string) =>
    JSON.parse(await inNotes(`curl --silent "$(npx soundbite open production)${path}"`)) as Record<string, unknown>;
  const states = async () =>
    (JSON.parse(await inNotes('npx soundbite status --json')) as Status).environments.map(
      ({ name, state, release }) => ({
        name,
        state,
        release,
      }),
    );
  let note: { id: string };

  it('takes at most 25 MB, and names no place of the machine that made it', async () => {
    expect(packed.unpackedBytes).toBeLessThan(25_000_000);
    const unpacked = join(dist, 'unpacked');
    mkdirSync(unpacked);
    await run('tar', ['--extract', '--gzip', '--file', packed.tarball, '--directory', unpacked]);
    const files = readdirSync(unpacked, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files).toHaveLength(packed.files);
    const naming = files.filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(root));
    expect(naming).toEqual([]);
  });

  it('is installed by npm, and says which version it is', async () => {
    await newcomer.does(blockWith('npm install --save-dev'));
    expect(await inNotes('npx soundbite --version')).toBe('0.1.0');
    expect(await inNotes('npx soundbite --help')).toContain('soundbite [options] [command]');
    const before = await newcomer.runs('npx soundbite up');
    expect(before).toMatchObject({ code: 2, said: expect.stringContaining('there is no environments.yaml') });
  });

  it('an older Node is told so in a sentence', async () => {
    const older = `node --eval "Object.defineProperty(process.versions, 'node', { value: '22.9.0' }); import('$PWD/node_modules/soundbite/bin/soundbite.mjs')"`;
    const { code, said } = await newcomer.runs(older);
    expect([code, said]).toEqual([3, expect.stringContaining('node 22.9.0 is too old\nhint: install Node 24')]);
  });

  it('begins a service, which comes up in both environments and answers', async () => {
    const said = await newcomer.does(blockWith('npx soundbite init'));
    expect(said).toContain('service.yaml');
    const up = await newcomer.does(blockWith('npx soundbite up'));
    expect(up).toContain('installing the emulator into');
    expect(await states()).toMatchObject([
      { name: 'dev', state: 'healthy' },
      { name: 'production', state: 'healthy' },
    ]);
    note = JSON.parse(await newcomer.does(blockWith('curl')));
    expect(await noteAt(`/notes/${note.id}`)).toEqual({ id: note.id, text: 'Buy milk' });
  });

  it('brings the page, which no installation builds', async () => {
    const link = (JSON.parse(await inNotes('npx soundbite open --json')) as { link: string }).link;
    const page = await inNotes(`curl --silent --location --cookie-jar jar --cookie jar '${link}'; rm jar`);
    expect(page).toContain('<div id="app">');
    const [, script] = /src="(\/assets\/[^"]+\.js)"/.exec(page) ?? [];
    const answer = await inNotes(`curl --silent --include '${new URL(script ?? '', link)}' | head -c 2000`);
    expect(answer).toContain('immutable');
    expect(await inNotes('head -3 node_modules/soundbite/dist/page-licenses.md')).toContain('# Licenses');
  });

  it('has cut the release that the repository cuts of the same service', async () => {
    const store = join(dist, 'store');
    const { release } = await cutRelease({ source: newcomer.at, store });
    expect((await states())[0]?.release).toBe(release);
  });

  it('says npx soundbite in its docs and completions, and nowhere a script of the repository', async () => {
    const naming = await newcomer.runs(
      "grep -rn 'scripts/soundbite.sh' node_modules/soundbite --exclude-dir=decisions",
    );
    expect(naming.said.trim().split('\n')).toEqual([expect.stringContaining('npm run package')]);
    expect(await inNotes('npx soundbite completion bash')).toContain('source <(npx soundbite completion bash)');
    expect(await inNotes('npx soundbite --help')).toContain('(soundbite is npx soundbite)');
    const completed = 'source <(npx soundbite completion bash); COMP_WORDS=(npx soundbite promote pro); COMP_CWORD=3';
    expect(await inNotes(`${completed}; _soundbite; echo "\${COMPREPLY[@]}"`)).toBe('production');
  });

  it('a second up changes nothing, also where npx does not run it', async () => {
    const pid = 'node --print "JSON.parse(fs.readFileSync(\'.soundbite/control-plane.json\')).pid"';
    const before = await inNotes(pid);
    await newcomer.does('cd src && ../node_modules/.bin/soundbite up && cd ..');
    expect(await inNotes(pid)).toBe(before);
  });

  it('a change goes through both environments, and a bad one stops at its smoke', async () => {
    const [first] = await states();
    await newcomer.does(blockWith('says how long it is'));
    expect(await noteAt(`/notes/${note.id}`)).toEqual({ id: note.id, text: 'Buy milk', length: 8 });
    const good = await states();
    expect(good[1]?.release).not.toBe(first?.release);
    const { code, said } = await newcomer.runs(blockWith('Nobody needs 201'));
    expect([code, said]).toEqual([1, expect.stringMatching(/keeps-a-note/)]);
    await newcomer.does(blockWith('git revert'));
    expect(await states()).toEqual(good);
  });

  it('goes back, and leaves nothing that runs', async () => {
    expect(await newcomer.does(blockWith('npx soundbite rollback'))).toContain('rollback');
    expect(await noteAt(`/notes/${note.id}`)).toEqual({ id: note.id, text: 'Buy milk' });
    await newcomer.does(blockWith('npx soundbite down'));
    expect(existsSync(join(newcomer.at, '.soundbite'))).toBe(false);
    const left = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(newcomer.place));
    expect(left.map(commandOf)).toEqual([]);
  });

  it('has run every command of the page', () => {
    expect(blocks.filter((block) => !newcomer.ran.includes(block))).toEqual([]);
  });
});

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
