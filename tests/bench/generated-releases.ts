import { execFileSync } from 'node:child_process';
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
  const commits = generatedCommits(directory, count);
  for (let number = 0; number < count; number++) {
    const manifest: Manifest = {
      format: 'soundbite.release/2',
      service: { name: 'bench' },
      smoke: { directory: 'smoke', command: ['node', 'smoke.mjs'], seconds: 30 },
      environments: [...environments],
      files: filesOf(number, environments),
    };
    const provenance: Provenance = {
      commit: commits[number] ?? '',
      committedAt: new Date(committedAt(number) * 1000).toISOString(),
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

/** In seconds since 1970: of each release eight hours after the one before, all of them over. */
const committedAt = (number: number): number => 1_760_000_000 + number * 8 * 3600;

/** A history of so many commits in a directory, oldest first; what a release was cut from is one of these. */
function generatedCommits(directory: string, count: number): readonly string[] {
  const git = (words: readonly string[], input = '') =>
    execFileSync('git', ['-C', directory, ...words], { encoding: 'utf8', input, maxBuffer: 64 << 20 });
  git(['init', '--quiet', '--initial-branch', 'main']);
  const commit = (_: unknown, number: number) => {
    const subject = `Let speech number ${number} be heard in every room of the house`;
    const by = `Ada Lovelace <ada@example.com> ${committedAt(number)} +0000`;
    const from = number === 0 ? '' : `from :${number}\n`;
    return `commit refs/heads/main\nmark :${number + 1}\nauthor ${by}\ncommitter ${by}\ndata ${subject.length}\n${subject}\n${from}\n`;
  };
  git(['fast-import', '--quiet'], Array.from({ length: count }, commit).join(''));
  return git(['rev-list', '--reverse', 'main']).split('\n').filter(Boolean);
}
