import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestOf, type Manifest, type Provenance } from '@soundbite/model';

const hex = (text: string) => digestOf(text).slice('sha256:'.length);

/** Files of a release of a service with ten environments: assemblies, settings, the bundle. */
const filesOf = (number: number, environments: readonly string[]) =>
  environments.flatMap((name) =>
    ['manifest.json', 'tree.json', 'stack.template.json', 'stack.assets.json', 'asset.zip'].map((file) => ({
      path: `assembly/${name}/${file}`,
      sha256: hex(`${number}/${name}/${file}`),
      bytes: 20_000,
    })),
  );

/**
 * So many releases in a directory, the newest last: their two documents, which is what is read of them where none is promoted. Whether the rest is there is
 * asked by `verify` only.
 */
export async function generatedReleases(
  directory: string,
  count: number,
  environments: readonly string[],
): Promise<Digest[]> {
  const digests: Digest[] = [];
  for (let number = 0; number < count; number++) {
    const manifest: Manifest = {
      format: 'soundbite.release/2',
      service: { name: 'bench' },
      smoke: { directory: 'smoke', command: ['node', 'smoke.mjs'], seconds: 30 },
      environments: [...environments],
      files: filesOf(number, environments),
    };
    const provenance: Provenance = {
      commit: hex(`commit ${number}`).slice(0, 40),
      committedAt: '2026-01-01T00:00:00Z',
      dirty: false,
      uncommitted: [],
      inputs: digestOf(`inputs ${number}`),
      files: filesOf(number, environments).map(({ path, sha256 }) => ({ path, sha256 })),
      tools: { node: '24.0.0', npm: '11.0.0' },
    };
    const text = JSON.stringify(manifest);
    const digest = digestOf(text);
    const place = join(directory, digest.slice('sha256:'.length));
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'manifest.json'), text);
    await writeFile(join(place, 'provenance.json'), JSON.stringify(provenance));
    digests.push(digest);
  }
  return digests;
}
