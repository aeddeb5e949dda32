import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sbomOf } from './sbom.ts';

let source: string;
beforeEach(async () => {
  source = join(await mkdtemp(join(tmpdir(), 'soundbite-sbom-')), '.source-1-x');
});
afterEach(() => rm(dirname(source), { recursive: true }));

const leftPad = { version: '1.3.0', resolved: 'https://r/left-pad-1.3.0.tgz', integrity: 'sha512-AAAA' };

async function sbomWith(own: object): Promise<string> {
  await mkdir(source);
  const declared = { ...own, dependencies: { 'left-pad': '1.3.0' } };
  const lockfile = { 'node_modules/left-pad': leftPad };
  const packages = { '': declared, ...lockfile };
  await writeFile(join(source, 'package.json'), JSON.stringify(declared));
  await writeFile(join(source, 'package-lock.json'), JSON.stringify({ ...own, lockfileVersion: 3, packages }));
  const { bytes } = await sbomOf({ source, name: 'notes', lockfile, workspace: null });
  const { components, metadata } = JSON.parse(Buffer.from(bytes).toString('utf8'));
  expect(components.map(({ name }: { name: string }) => name)).toEqual(['left-pad']);
  return metadata.component.name;
}

it('packages without a name, as npm install leaves them in an empty directory, are listed under the service’s', async () => {
  expect(await sbomWith({})).toBe('notes');
  expect(await readdir(dirname(source))).toEqual(['.source-1-x']);
});

it('packages with a name are listed under it', async () => {
  expect(await sbomWith({ name: 'mine', version: '1.0.0' })).toBe('mine');
});
