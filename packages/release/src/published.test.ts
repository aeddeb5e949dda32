import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { holdAgainstPublished } from './published.ts';
import { temporary, writeFiles } from './testing.ts';

const place = temporary();
afterAll(place.remove);
afterEach(() => {
  vi.unstubAllEnvs();
  registry?.close();
  registry = undefined;
});
let count = 0;
let source: string;
let archive: string;
let published: Buffer;
let registry: Server | undefined;
let integrity: string;
const long = `${'deep/'.repeat(30)}${'name'.repeat(20)}.js`;

/** A package that was published with `tar`, put into npm's cache and unpacked. */
function publish(format: string): void {
  source = join(place.directory, `source-${count++}`);
  const files = { 'package.json': '{}', 'index.js': 'one', [long]: 'two' };
  writeFiles(join(source, 'node_modules/@s/one'), files);
  writeFiles(join(source, 'package'), files);
  const made = execFileSync('tar', ['-C', source, '--format', format, '-cz', 'package']);
  published = made;
  const digest = createHash('sha512').update(made);
  integrity = `sha512-${digest.copy().digest('base64')}`;
  const hex = digest.digest('hex');
  archive = join(source, 'cache/_cacache/content-v2/sha512', hex.slice(0, 2), hex.slice(2, 4), hex.slice(4));
  mkdirSync(dirname(archive), { recursive: true });
  writeFileSync(archive, made);
  vi.stubEnv('npm_config_cache', join(source, 'cache'));
}
const used = ['apps/service/src/main.ts', 'node_modules/@s/one/index.js', `node_modules/@s/one/${long}`];
const hold = () => holdAgainstPublished(source, used, { 'node_modules/@s/one': { version: '1.0.0', integrity } });
const one = () => join(source, 'node_modules/@s/one');

describe('files of packages', () => {
  beforeEach(() => publish('pax'));

  it.each(['pax', 'gnu', 'ustar'])('are proven by the archive in npm’s cache (%s)', async (format) => {
    publish(format);
    expect(await hold()).toBe(1);
  });

  it.each(['index.js', long])('are refused when one was changed: %s', async (path) => {
    appendFileSync(join(one(), path), ' ');
    await expect(hold()).rejects.toMatchObject({
      code: 'dependencies-differ',
      path: `node_modules/@s/one/${path}`,
      hint: 'npm ci',
    });
  });

  it('are refused when one was added', async () => {
    writeFiles(one(), { 'more.js': '' });
    used.push('node_modules/@s/one/more.js');
    await expect(hold().finally(() => used.pop())).rejects.toMatchObject({ path: 'node_modules/@s/one/more.js' });
  });

  it.each([
    ['changed', 'package.json', '{"main":"other.js"}'],
    ['added', `${dirname(long)}/package.json`, '{"type":"commonjs"}'],
  ])('are refused when a package.json that chooses them was %s', async (_, path, text) => {
    writeFiles(one(), { [path]: text });
    await expect(hold()).rejects.toMatchObject({ code: 'dependencies-differ', path: `node_modules/@s/one/${path}` });
  });

  it('are refused when a package.json that chooses them was removed', async () => {
    rmSync(join(one(), 'package.json'));
    await expect(hold()).rejects.toMatchObject({ path: 'node_modules/@s/one/package.json' });
  });

  describe('whose archive is not in the cache', () => {
    const unpublished = { code: 'dependencies-unproven', path: 'node_modules/@s/one' };
    beforeEach(() => rmSync(archive));

    it('are proven by the one that npm fetches', async () => {
      await serve(published);
      expect(await hold()).toBe(1);
      expect(readFileSync(archive)).toEqual(published);
    });

    it('are proven by the one in the home, when the environment names an empty cache', async () => {
      writeFileSync(archive, published);
      vi.stubEnv('HOME', source);
      renameSync(join(source, 'cache'), join(source, '.npm'));
      vi.stubEnv('npm_config_cache', '/nonexistent');
      vi.stubEnv('npm_config_registry', 'http://127.0.0.1:1/');
      expect(await hold()).toBe(1);
    });

    it('are proven by the one in the cache that the project names', async () => {
      const hidden = join(source, 'cache');
      writeFileSync(archive, published);
      vi.stubEnv('npm_config_cache', undefined);
      vi.stubEnv('HOME', join(source, 'home'));
      writeFiles(source, { '.npmrc': `cache=${hidden}\n`, 'package.json': '{}' });
      expect(await hold()).toBe(1);
    });

    it('are refused when one was changed', async () => {
      await serve(published);
      appendFileSync(join(one(), 'index.js'), ' ');
      await expect(hold()).rejects.toMatchObject({ code: 'dependencies-differ' });
    });

    it.each(['is out of reach', 'has another one', 'has none'])('are refused when the registry %s', async (which) => {
      if (which === 'is out of reach') vi.stubEnv('npm_config_registry', 'http://127.0.0.1:1/');
      else await serve(which === 'has none' ? null : Buffer.from('another'));
      await expect(hold()).rejects.toMatchObject(unpublished);
    });
  });

  it('are refused when the archive in the cache is damaged, and there is no other', async () => {
    vi.stubEnv('npm_config_registry', 'http://127.0.0.1:1/');
    writeFileSync(archive, readFileSync(archive).subarray(1));
    await expect(hold()).rejects.toMatchObject({ code: 'dependencies-unproven' });
  });

  it('are refused when the lockfile has no integrity', async () => {
    await serve(published);
    const bare = { 'node_modules/@s/one': { version: '1.0.0' } };
    await expect(holdAgainstPublished(source, used, bare)).rejects.toMatchObject({
      code: 'dependencies-unproven',
      message: expect.stringContaining('the lockfile names none'),
    });
  });
});

/** A registry on loopback that has one package, in the archive given. */
async function serve(bytes: Buffer | null): Promise<void> {
  registry = createServer(({ url }, response) => {
    if (bytes === null) response.writeHead(404).end('{}');
    else if (url?.endsWith('.tgz')) response.end(bytes);
    else {
      const dist = {
        tarball: `${at}one.tgz`,
        integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
      };
      const versions = { '1.0.0': { name: '@s/one', version: '1.0.0', dist } };
      response.end(JSON.stringify({ name: '@s/one', 'dist-tags': { latest: '1.0.0' }, versions }));
    }
  });
  await new Promise<void>((resolve) => registry?.listen(0, '127.0.0.1', resolve));
  const at = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`;
  vi.stubEnv('npm_config_registry', at);
}
