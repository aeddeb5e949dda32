import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import {
  assembledStacks,
  combinedTemplate,
  type Digest,
  type Release,
  type ReleaseStore,
  SoundBiteError,
} from '@soundbite/model';

/** Where the runtime looks a release up that a version claims to be. */
export type Releases = Pick<ReleaseStore, 'get'>;

/** A file of a release that is the code of a function. */
export interface ReleasedCode {
  /** In the release. */
  readonly path: string;
  /** As Lambda tells it: base64 of SHA-256. */
  readonly codeSha256: string;
}

/** A release's declaration of an environment's functions, proven by its manifest. */
export interface Released {
  readonly template: unknown;
  /** The code that lies under a key of the assets' bucket. */
  readonly code: ReadonlyMap<string, ReleasedCode>;
}

/** What we read of an asset manifest. Source: @aws-cdk/cloud-assembly-schema, `AssetManifest`. */
interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
}

/** A release's own word. Errors: `release-unknown`, `release-altered`. */
export async function readReleased(releases: Releases, digest: Digest, environment: string): Promise<Released> {
  const release = await releases.get(digest);
  const directory = `assembly/${environment}`;
  const read = (name: string) => proven(release, `${directory}/${name}`);
  const stacks = await Promise.all(
    assembledStacks(await read('manifest.json')).map(async (stack) => {
      const [template, assets] = await Promise.all([read(`${stack}.template.json`), read(`${stack}.assets.json`)]);
      return { stack, template, code: codeIn(release, directory, assets as AssetManifest) };
    }),
  );
  return {
    template: combinedTemplate(stacks, environment),
    code: new Map(stacks.flatMap(({ code }) => [...code])),
  };
}

async function proven({ digest, directory, manifest }: Release, path: string): Promise<unknown> {
  const bytes = await readFile(posix.join(directory, path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.of();
    throw error;
  });
  const expected = manifest.files.find((file) => file.path === path)?.sha256;
  if (createHash('sha256').update(bytes).digest('hex') === expected) return JSON.parse(bytes.toString('utf8'));
  throw new SoundBiteError('release-altered', `${path} of ${digest} is not what was cut`, {
    hint: `soundbite release verify ${digest}`,
  });
}

/** The manifest has the digest of each file: none needs to be read. */
function codeIn({ manifest }: Release, directory: string, { files = {} }: AssetManifest) {
  const digests = new Map(manifest.files.map(({ path, sha256 }) => [path, sha256]));
  const found = Object.values(files).flatMap(({ source, destinations }): [string, ReleasedCode][] => {
    const path = posix.join(directory, source.path ?? '');
    const sha256 = digests.get(path);
    if (!sha256) return [];
    const code = { path, codeSha256: Buffer.from(sha256, 'hex').toString('base64') };
    return Object.values(destinations).map(({ objectKey }) => [objectKey, code]);
  });
  return new Map(found);
}
