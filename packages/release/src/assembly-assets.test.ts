import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { finishAssets } from './assembly-assets.ts';
import { temporary, writeFiles } from './testing.ts';

const place = temporary();
afterAll(place.remove);
let count = 0;

const asset = (path: string, packaging: string) => ({ source: { path, packaging }, destinations: {} });

/** A release's directory with one assembly in it, of two stacks that share their code. */
function release() {
  const root = join(place.directory, `release-${count++}`);
  const assembly = join(root, 'assembly/staging');
  const code = { a: asset('asset.a', 'zip'), b: asset('asset.b.zip', 'file'), c: asset('asset.c.zip', 'file') };
  writeFiles(root, {
    'service.zip': 'the bundle',
    'assembly/staging/One.assets.json': JSON.stringify({
      version: '1',
      files: { ...code, t: asset('One.template.json', 'file') },
    }),
    'assembly/staging/Two.assets.json': JSON.stringify({ files: { a: code.a } }),
    'assembly/staging/One.template.json': '{}',
    'assembly/staging/asset.a/index.py': 'def handler(): pass\n',
    'assembly/staging/asset.a/bin/tool': '#!/bin/sh\n',
    'assembly/staging/asset.b.zip': 'the bundle',
    'assembly/staging/asset.c.zip': 'somebody else’s zip',
  });
  chmodSync(join(assembly, 'asset.a/bin/tool'), 0o755);
  return { root, assembly, bundle: join(root, 'service.zip') };
}
const sources = (assembly: string, stack: string) =>
  Object.fromEntries(
    Object.entries(JSON.parse(readFileSync(join(assembly, `${stack}.assets.json`), 'utf8')).files).map(
      ([key, file]) => [key, (file as ReturnType<typeof asset>).source],
    ),
  );

describe('the assets of an assembly', () => {
  it('are finished files afterwards: a directory is a zip, a copy of the bundle is the bundle, another zip stays what it is', async () => {
    const { assembly, bundle } = release();
    await finishAssets(assembly, bundle);
    expect(sources(assembly, 'One')).toEqual({
      a: { path: 'asset.a.zip', packaging: 'file' },
      b: { path: '../../service.zip', packaging: 'file' },
      c: { path: 'asset.c.zip', packaging: 'file' },
      t: { path: 'One.template.json', packaging: 'file' },
    });
    expect(sources(assembly, 'Two')).toEqual({ a: { path: 'asset.a.zip', packaging: 'file' } });
    expect(['asset.a', 'asset.b.zip', 'asset.c.zip'].map((name) => existsSync(join(assembly, name)))).toEqual([
      false,
      false,
      true,
    ]);
    const zip = unzipSync(readFileSync(join(assembly, 'asset.a.zip')));
    expect(Object.keys(zip)).toEqual(['bin/tool', 'index.py']);
    expect(Buffer.from(zip['index.py'] ?? []).toString()).toBe('def handler(): pass\n');
  });

  it('have the same bytes at another time and under another umask; what may be executed may be afterwards', async () => {
    const [one, other] = [release(), release()];
    chmodSync(join(other.assembly, 'asset.a/index.py'), 0o600);
    chmodSync(join(other.assembly, 'asset.a/bin/tool'), 0o700);
    utimesSync(join(other.assembly, 'asset.a/index.py'), 1, 1);
    for (const { assembly, bundle } of [one, other]) await finishAssets(assembly, bundle);
    const zipOf = ({ assembly }: typeof one) => readFileSync(join(assembly, 'asset.a.zip'));
    expect(zipOf(one).equals(zipOf(other))).toBe(true);
    // The mode of an entry is in the upper half of its attributes, in the directory at the end of the zip.
    expect(zipOf(one).includes(Buffer.from([0, 0, 0xed, 0x81]))).toBe(true);
  });

  it('hold what links lead to, as the CDK packs it', async () => {
    const { root, assembly, bundle } = release();
    writeFiles(root, { 'shared/lib.py': 'shared\n' });
    symlinkSync('../../../shared', join(assembly, 'asset.a/shared'));
    await finishAssets(assembly, bundle);
    const zip = unzipSync(readFileSync(join(assembly, 'asset.a.zip')));
    expect(Buffer.from(zip['shared/lib.py'] ?? []).toString()).toBe('shared\n');
  });

  it.each([
    ['nowhere', 'gone', /^dead in an asset is a link that leads nowhere$/],
    ['in a circle', '.', /^dead in an asset is a link that leads in a circle$/],
  ])('with a link that leads %s are refused', async (_where, target, message) => {
    const { assembly, bundle } = release();
    symlinkSync(target, join(assembly, 'asset.a/dead'));
    await expect(finishAssets(assembly, bundle)).rejects.toMatchObject({
      code: 'assembly-undeliverable',
      message: expect.stringMatching(message),
    });
  });

  it('that a command makes while it is deployed are refused', async () => {
    const { assembly, bundle } = release();
    const made = { source: { executable: ['make', 'asset'], packaging: 'zip' }, destinations: {} };
    writeFileSync(join(assembly, 'Two.assets.json'), JSON.stringify({ files: { made } }));
    await expect(finishAssets(assembly, bundle)).rejects.toMatchObject({
      code: 'assembly-undeliverable',
      message: 'an asset is made by a command while it is deployed',
    });
  });

  it('may be none', async () => {
    const directory = join(place.directory, 'none');
    mkdirSync(directory);
    writeFileSync(join(place.directory, 'service.zip'), 'x');
    await finishAssets(directory, join(place.directory, 'service.zip'));
  });
});
