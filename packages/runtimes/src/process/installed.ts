import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '@soundbite/model';

/** A release that an environment holds ready on this machine. */
export interface Installed {
  readonly release: Digest;
  /** What the control plane shows to the version's processes. */
  readonly token: string;
}

/**
 * The versions on this machine: `<root>/<64 hex>/code/` (the unzipped bundle, shared) and `<64 hex>/<environment>.json` (mode 0600:
 * the control token of that environment's processes).
 */
export interface InstalledStore {
  codeOf(release: Digest): string;
  /** Remembers that the environment holds the release; the token stays the same over calls. */
  hold(environment: string, release: Digest): Promise<Installed>;
  find(environment: string, release: Digest): Promise<Installed | null>;
  list(environment: string): Promise<Installed[]>;
  /** Forgets it, and removes the code when no environment holds it. */
  release(environment: string, release: Digest): Promise<void>;
}

export function installedStore(root: string): InstalledStore {
  const directoryOf = (release: Digest) => join(root, release.replace('sha256:', ''));
  const fileOf = (environment: string, release: Digest) => join(directoryOf(release), `${environment}.json`);

  async function find(environment: string, release: Digest): Promise<Installed | null> {
    const text = await readFile(fileOf(environment, release), 'utf8').catch(absent(null));
    return text === null ? null : { release, token: (JSON.parse(text) as { token: string }).token };
  }

  async function list(environment: string): Promise<Installed[]> {
    const names = await readdir(root).catch(absent<string[]>([]));
    const releases = names.filter((name) => /^[0-9a-f]{64}$/.test(name)).map((name): Digest => `sha256:${name}`);
    const found = await Promise.all(releases.map((release) => find(environment, release)));
    return found.filter((installed) => installed !== null);
  }

  return {
    codeOf: (release) => join(directoryOf(release), 'code'),
    find,
    list,
    async hold(environment, release) {
      const present = await find(environment, release);
      if (present) return present;
      const token = randomBytes(24).toString('base64url');
      const file = fileOf(environment, release);
      await mkdir(directoryOf(release), { recursive: true, mode: 0o700 });
      await writeFile(`${file}.new`, JSON.stringify({ token }), { mode: 0o600 });
      await rename(`${file}.new`, file);
      return { release, token };
    },
    async release(environment, release) {
      await rm(fileOf(environment, release), { force: true });
      const left = await readdir(directoryOf(release)).catch(absent<string[]>([]));
      if (!left.some((name) => name.endsWith('.json')))
        await rm(directoryOf(release), { recursive: true, force: true });
    },
  };
}

/** What is read of a file or directory that is not there. */
const absent =
  <T>(value: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
