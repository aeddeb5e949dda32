import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, type Provenance, type Release, type ReleaseStore } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sbomBefore, sbomPath } from './sbom-before.ts';

const sbom = (form: string) => ({
  metadata: { properties: [{ name: 'soundbite:form', value: form }] },
  components: [{ version: '1.0.0', properties: [{ name: 'cdx:npm:package:path', value: 'node_modules/a' }] }],
});
let bom = '';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'soundbite-sbom-'));
  bom = JSON.stringify(sbom('1'));
  writeFileSync(join(directory, sbomPath), bom);
});
afterEach(() => rmSync(directory, { recursive: true }));

const provenance = (files: Record<string, string>, tool = '6.0.1'): Provenance => ({
  commit: 'c',
  committedAt: 't',
  dirty: false,
  uncommitted: [],
  inputs: digestOf(JSON.stringify(files)),
  files: Object.entries(files).map(([path, sha256]) => ({ path, sha256 })),
  tools: { '@cyclonedx/cyclonedx-npm': tool },
});

const made = { 'package-lock.json': 'l', 'apps/service/package.json': 'p', 'apps/service/src/main.ts': 'm' };

function storeWith(from: Provenance): Pick<ReleaseStore, 'list'> {
  const sha256 = digestOf(bom).slice('sha256:'.length);
  const release = { directory, provenance: from, manifest: { files: [{ path: sbomPath, sha256 }] } };
  return { list: async () => [release as unknown as Release] };
}

describe('the SBOM of a release before', () => {
  it('serves where code alone has changed', async () => {
    const before = await sbomBefore(
      storeWith(provenance(made)),
      provenance({ ...made, 'apps/service/src/main.ts': 'n' }),
    );
    expect(String(before?.bytes)).toBe(bom);
    expect(before?.versions).toEqual(new Map([['node_modules/a', '1.0.0']]));
  });

  it.each([
    ['lockfile', provenance({ ...made, 'package-lock.json': 'other' })],
    ['package declares other dependencies', provenance({ ...made, 'apps/service/package.json': 'other' })],
    ['package is new', provenance({ ...made, 'packages/new/package.json': 'q' })],
    ['tool made it', provenance(made, '6.0.2')],
  ])('does not where another %s', async (_, wanted) => {
    expect(await sbomBefore(storeWith(provenance(made)), wanted)).toBeNull();
  });

  it('does not where other code of ours completed it: that code is no input, and changes without a trace', async () => {
    for (const other of [JSON.stringify(sbom('0')), JSON.stringify({ components: [] })]) {
      bom = other;
      writeFileSync(join(directory, sbomPath), bom);
      expect(await sbomBefore(storeWith(provenance(made)), provenance(made))).toBeNull();
    }
  });

  it('does not where its bytes are not those of the manifest, or are gone', async () => {
    writeFileSync(join(directory, sbomPath), `${bom} `);
    expect(await sbomBefore(storeWith(provenance(made)), provenance(made))).toBeNull();
    rmSync(join(directory, sbomPath));
    expect(await sbomBefore(storeWith(provenance(made)), provenance(made))).toBeNull();
  });
});
