import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Release } from '@soundbite/model';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unzipCode } from './code.ts';
import { codeComparison, codeFilesDigest, codeFilesOf } from './code-files.ts';
import { installedStore } from './installed.ts';
import { proofArgs, versionSpec } from './specs.ts';

const digest = `sha256:${'a'.repeat(64)}` as const;
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'soundbite-code-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function released(files: Record<string, string>): Promise<Release> {
  const contents = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
  // The same bytes at any time: a zip holds the time to two seconds.
  const zip = zipSync(contents, { mtime: '1980-01-01T12:00:00' });
  await writeFile(join(root, 'service.zip'), zip);
  const codeSha256 = createHash('sha256').update(zip).digest('base64');
  return { digest, directory: root, manifest: { service: { path: 'service.zip', codeSha256 } } } as Release;
}

describe('unzipping the code of a release', () => {
  it('unzips once, folders included, and leaves what is as it should be', async () => {
    const release = await released({ 'index.mjs': 'run', 'page/index.html': '<p>' });
    await unzipCode(release, join(root, 'code'));
    await unzipCode(release, join(root, 'code'));
    expect(await readFile(join(root, 'code/page/index.html'), 'utf8')).toBe('<p>');
  });

  it('at once for several environments and from several processes gives the code once, and leaves nothing beside it', async () => {
    const release = await released({ 'index.mjs': 'run', 'page/index.html': '<p>' });
    const script = `const { unzipCode } = await import(${JSON.stringify(new URL('./code.ts', import.meta.url).href)});
      await Promise.all(Array.from({ length: 10 }, () => unzipCode(${JSON.stringify(release)}, ${JSON.stringify(join(root, 'code'))})));`;
    const other = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    await Promise.all([other, ...Array.from({ length: 20 }, () => unzipCode(release, join(root, 'code')))]);
    expect(await readFile(join(root, 'code/page/index.html'), 'utf8')).toBe('<p>');
    expect((await readdir(root)).sort()).toEqual(['code', 'service.zip']);
  });

  it('clears up after an unzipping that was killed', async () => {
    const release = await released({ 'index.mjs': 'run' });
    const { pid } = spawnSync(process.execPath, ['--version']);
    await mkdir(join(root, `code.${pid}-abcdef`));
    await mkdir(join(root, `code.${process.ppid}-abcdef`));
    await unzipCode(release, join(root, 'code'));
    expect((await readdir(root)).sort()).toEqual(['code', `code.${process.ppid}-abcdef`, 'service.zip']);
  });

  it('does not unzip again what is proven to be there, and does once somebody changed it', async () => {
    const release = await released({ 'index.mjs': 'run' });
    const codeFiles = codeFilesOf({ get: async () => release });
    const compare = codeComparison();
    const looks: number[] = [];
    const store = installedStore(join(root, 'versions'), async (directory, of) => {
      looks.push((await compare(directory, await codeFiles(of))).length);
      return looks.at(-1) === 0;
    });
    expect((await store.install('dev', release)).changed).toEqual([]);
    // A bundle that cannot be unzipped is not looked at.
    await rm(join(root, 'service.zip'));
    expect((await store.install('dev', release)).changed).toEqual([]);
    await writeFile(join(store.codeOf(digest), 'index.mjs'), 'hot-swapped');
    await expect(store.install('dev', release)).rejects.toMatchObject({ code: 'ENOENT' });
    await released({ 'index.mjs': 'run' });
    expect((await store.install('dev', release)).changed).toEqual([expect.stringContaining('index.mjs is not what')]);
    expect(looks).toEqual([1, 0, 1, 1]);
  });

  it('refuses a zip that is not the released one', async () => {
    const release = await released({ 'index.mjs': 'run' });
    await writeFile(join(root, 'service.zip'), zipSync({ 'index.mjs': Buffer.from('something else') }));
    await expect(unzipCode(release, join(root, 'code'))).rejects.toMatchObject({
      code: 'code-altered',
      source: 'user',
    });
  });

  it('sets code aside that somebody changed after it was unzipped, and names each file', async () => {
    const release = await released({ 'index.mjs': 'run', 'build.json': '{}', 'gone.txt': '' });
    const code = join(root, 'code');
    expect(await unzipCode(release, code)).toEqual([]);
    expect(await unzipCode(release, code)).toEqual([]);
    await writeFile(join(code, 'index.mjs'), 'hot-swapped');
    await writeFile(join(code, 'added.mjs'), 'more');
    await rm(join(code, 'gone.txt'));
    const changed = await unzipCode(release, code);
    expect(changed.map((one) => one.replace(/ \(kept in .*/, ''))).toEqual([
      `${code}/added.mjs was added`,
      `${code}/gone.txt is missing`,
      `${code}/index.mjs is not what was released`,
    ]);
    expect((await readdir(code)).sort()).toEqual(['build.json', 'gone.txt', 'index.mjs']);
    expect(await readFile(join(code, 'index.mjs'), 'utf8')).toBe('run');
    const aside = /kept in (.*)\)$/.exec(changed[0] ?? '')?.[1] ?? '';
    expect(await readFile(join(aside, 'index.mjs'), 'utf8')).toBe('hot-swapped');
    expect(await unzipCode(release, code)).toEqual([]);
  });

  it.each([
    ['changed', (code: string) => writeFile(join(code, 'index.mjs'), 'console.log("forged")')],
    ['added', (code: string) => writeFile(join(code, 'more.mjs'), '')],
    ['taken away', (code: string) => rm(join(code, 'page/index.html'))],
  ])('does not start code of which a file was %s', async (_, change) => {
    const release = await released({ 'index.mjs': 'console.log("runs")', 'page/index.html': '<p>' });
    const code = join(root, 'code');
    await unzipCode(release, code);
    const digest = codeFilesDigest(await codeFilesOf({ get: async () => release })(release.digest));
    const start = () =>
      spawnSync(process.execPath, [...proofArgs(digest), join(code, 'index.mjs')], { cwd: code, encoding: 'utf8' });
    expect(start()).toMatchObject({ status: 0, stdout: 'runs\n' });
    await change(code);
    expect(start()).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('is not what was released'),
    });
  });

  it('is named in the spec of a process by its plain path alone, which the host replaces when the home is moved', () => {
    const code = '/old home/versions/a/code';
    const spec = versionSpec({
      environment: 'staging',
      component: { name: 'api', health: '/health' },
      release: digest,
      nodePath: '/node',
      code,
      codeDigest: 'd',
      heapMiB: 64,
      stopWithinMs: 1,
      env: {},
    });
    const text = JSON.stringify(spec).replaceAll(code, '');
    expect(decodeURIComponent(text.replaceAll('+', ' '))).not.toContain('old home');
  });

  it('writes nothing outside of its directory', async () => {
    const release = await released({ '../outside.txt': 'escaped' });
    await expect(unzipCode(release, join(root, 'code'))).rejects.toMatchObject({ code: 'code-altered' });
    await expect(readFile(join(root, 'outside.txt'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the versions that environments hold', () => {
  it('keeps a token over calls, one for each environment, readable by its owner only', async () => {
    const store = installedStore(root);
    const first = await store.hold('dev-aws', digest);
    expect(await store.hold('dev-aws', digest)).toEqual(first);
    expect((await store.hold('dev-localstack', digest)).token).not.toBe(first.token);
    expect(await store.list('dev-aws')).toEqual([first]);
    expect(await store.find('staging', digest)).toBeNull();
  });

  it('gives one token to all that ask at once', async () => {
    const store = installedStore(root);
    const all = await Promise.all(Array.from({ length: 20 }, () => store.hold('dev-aws', digest)));
    expect(new Set(all.map(({ token }) => token)).size).toBe(1);
    expect(await store.find('dev-aws', digest)).toEqual(all[0]);
    expect(await readdir(join(store.codeOf(digest), '..'))).toEqual(['dev-aws.json']);
  });

  it('keeps the code for an environment that installs it while another one gives it back', async () => {
    const store = installedStore(root);
    const release = await released({ 'index.mjs': 'run' });
    for (let round = 0; round < 20; round += 1) {
      await store.install('dev-localstack', release);
      await Promise.all([store.release('dev-localstack', digest), store.install('dev-aws', release)]);
      expect(await readFile(join(store.codeOf(digest), 'index.mjs'), 'utf8')).toBe('run');
      await store.release('dev-aws', digest);
    }
  });

  it('removes the code when the last environment gives it back', async () => {
    const store = installedStore(root);
    await store.hold('dev-aws', digest);
    await store.hold('dev-localstack', digest);
    const release = await released({ 'index.mjs': 'run' });
    await unzipCode(release, store.codeOf(digest));
    await store.release('dev-aws', digest);
    expect(await readFile(join(store.codeOf(digest), 'index.mjs'), 'utf8')).toBe('run');
    await store.release('dev-localstack', digest);
    await expect(readFile(join(store.codeOf(digest), 'index.mjs'))).rejects.toMatchObject({ code: 'ENOENT' });
    await store.release('dev-localstack', digest);
  });
});
