import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { holdAgainstPublished } from './published.ts';
import { temporary, writeFiles } from './testing.ts';

const place = temporary();
afterAll(place.remove);
afterEach(() => {
  vi.unstubAllEnvs();
});
let count = 0;
let source: string;
let archive: string;
let integrity: string;
const long = `${'deep/'.repeat(30)}${'name'.repeat(20)}.js`;

/** A package that was published with `tar`, put into npm's cache and unpacked. */
function publish(format: string): void {
  source = join(place.directory, `source-${count++}`);
  const files = { 'package.json': '{}', 'index.js': 'one', [long]: 'two' };
  writeFiles(join(source, 'node_modules/@s/one'), files);
  writeFiles(join(source, 'package'), files);
  const made = execFileSync('tar', ['-C', source, '--format', format, '-cz', 'package']);
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
    expect(await hold()).toEqual({ proven: 1, of: 1 });
  });

  it.each(['index.js', long])('are refused when one was changed: %s', async (path) => {
    appendFileSync(join(one(), path), ' ');
    await expect(hold()).rejects.toMatchObject({
      code: 'dependencies-differ',
      path: `node_modules/@s/one/${path}`,
      mend: 'npm ci',
    });
  });

  it('are refused when one was added', async () => {
    writeFiles(one(), { 'more.js': '' });
    used.push('node_modules/@s/one/more.js');
    await expect(hold().finally(() => used.pop())).rejects.toMatchObject({ path: 'node_modules/@s/one/more.js' });
  });

  it('stay unproven without the archive, or when the archive is damaged', async () => {
    writeFileSync(archive, readFileSync(archive).subarray(1));
    expect(await hold()).toEqual({ proven: 0, of: 1 });
    vi.stubEnv('npm_config_cache', join(source, 'nowhere'));
    appendFileSync(join(one(), 'index.js'), ' ');
    expect(await hold()).toEqual({ proven: 0, of: 1 });
  });
});
