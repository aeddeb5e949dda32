import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, type Manifest } from '@soundbite/model';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sbomComponents } from './sbom-components.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'soundbite-components-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** A release whose manifest knows this SBOM; null: none. */
async function releaseWith(sbom: string | null) {
  const file = { path: 'sbom.cdx.json', sha256: digestOf(sbom ?? '').slice(7), bytes: sbom?.length ?? 0 };
  if (sbom !== null) await writeFile(join(directory, file.path), sbom);
  const manifest = { files: sbom === null ? [] : [file] } as unknown as Manifest;
  return { digest: digestOf('a release'), directory, manifest };
}

it('are named with their scope, in order, with the license as they say it', async () => {
  const components = [
    { name: 'zod', version: '4.0.0', purl: 'pkg:npm/zod@4.0.0', licenses: [{ license: { id: 'MIT' } }] },
    { group: '@aws-sdk', name: 'core', licenses: [{ expression: 'Apache-2.0 OR MIT' }] },
    { name: 'own', version: '1.0.0', licenses: [{ license: { name: 'of our own' } }, { license: {} }] },
  ];
  expect(await sbomComponents(await releaseWith(JSON.stringify({ components })))).toEqual([
    { name: '@aws-sdk/core', version: null, license: 'Apache-2.0 OR MIT', purl: null },
    { name: 'own', version: '1.0.0', license: 'of our own', purl: null },
    { name: 'zod', version: '4.0.0', license: 'MIT', purl: 'pkg:npm/zod@4.0.0' },
  ]);
});

it('are none of a service without packages, and nothing is told of an SBOM that was changed or lost', async () => {
  expect(await sbomComponents(await releaseWith(null))).toBeNull();
  expect(await sbomComponents(await releaseWith('{}'))).toEqual([]);
  const altered = { code: 'release-altered' };
  const release = await releaseWith('{"components":[]}');
  await writeFile(join(directory, 'sbom.cdx.json'), '{"components":[ ]}');
  await expect(sbomComponents(release)).rejects.toMatchObject(altered);
  await rm(join(directory, 'sbom.cdx.json'));
  await expect(sbomComponents(release)).rejects.toMatchObject(altered);
  await expect(sbomComponents(await releaseWith('<xml/>'))).rejects.toMatchObject(altered);
});

it('are read with whatever a tool leaves empty; what cannot be read is not called altered', async () => {
  const components = [
    { group: null, name: 'a', version: null, purl: null, licenses: [{ license: null }] },
    { name: 'b', licenses: null },
  ];
  expect(await sbomComponents(await releaseWith(JSON.stringify({ components })))).toEqual([
    { name: 'a', version: null, license: null, purl: null },
    { name: 'b', version: null, license: null, purl: null },
  ]);
  const release = await releaseWith('{}');
  await rm(join(directory, 'sbom.cdx.json'));
  await mkdir(join(directory, 'sbom.cdx.json'));
  await expect(sbomComponents(release)).rejects.toMatchObject({ code: 'EISDIR' });
});
