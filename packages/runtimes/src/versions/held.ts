import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, processesOfBefore, type ReleasedProcesses } from '@soundbite/model';
import { inTurn } from './turns.ts';

/** A release that an environment holds ready on this machine. */
export interface Installed {
  readonly release: Digest;
  /** What the control plane shows to the version's processes. */
  readonly token: string;
  /** What runs of it. */
  readonly processes: ReleasedProcesses;
  /** The image that its containers are made of, by its content (`sha256:…`). Absent: it runs as processes. */
  readonly image?: string;
}

/**
 * The versions on this machine: `<root>/<64 hex>/<environment>.json` (mode 0600: the control token of that environment's processes, and what they are;
 * one of before says only the token).
 */
export interface HeldVersions {
  /** Where what belongs to a release is kept while an environment holds it. */
  directoryOf(release: Digest): string;
  /** Remembers that the environment holds the release; the token stays the same over calls. */
  hold(environment: string, release: Digest, processes?: ReleasedProcesses, image?: string): Promise<Installed>;
  find(environment: string, release: Digest): Promise<Installed | null>;
  list(environment: string): Promise<Installed[]>;
  /** Forgets it, and removes what belongs to the release when no environment holds it. */
  release(environment: string, release: Digest): Promise<void>;
}

export function heldVersions(root: string): HeldVersions {
  const directoryOf = (release: Digest) => join(root, release.replace('sha256:', ''));
  const fileOf = (environment: string, release: Digest) => join(directoryOf(release), `${environment}.json`);

  async function find(environment: string, release: Digest): Promise<Installed | null> {
    const text = await readFile(fileOf(environment, release), 'utf8').catch(absent(null));
    if (text === null) return null;
    const { token, processes, image } = JSON.parse(text) as Pick<Installed, 'token'> & Partial<Installed>;
    return { release, token, processes: processes ?? processesOfBefore, ...(image === undefined ? {} : { image }) };
  }

  async function list(environment: string): Promise<Installed[]> {
    const names = await readdir(root).catch(absent<string[]>([]));
    const releases = names.filter((name) => /^[0-9a-f]{64}$/.test(name)).map((name): Digest => `sha256:${name}`);
    const found = await Promise.all(releases.map((release) => find(environment, release)));
    return found.filter((installed) => installed !== null);
  }

  async function hold(
    environment: string,
    release: Digest,
    processes: ReleasedProcesses = processesOfBefore,
    image?: string,
  ): Promise<Installed> {
    const present = await find(environment, release);
    if (present?.image === image && present) return present;
    // What ran as processes and is a container now, or is one of another image, shows another token.
    if (present) await rm(fileOf(environment, release), { force: true });
    const file = fileOf(environment, release);
    const fresh = `${file}.${process.pid}-${randomBytes(6).toString('hex')}.new`;
    await mkdir(directoryOf(release), { recursive: true, mode: 0o700 });
    const token = randomBytes(24).toString('base64url');
    // Those of before are told by their absence, also when they are read again.
    const said = processes === processesOfBefore ? {} : { processes };
    await writeFile(fresh, JSON.stringify({ token, ...said, ...(image === undefined ? {} : { image }) }), {
      mode: 0o600,
    });
    try {
      // Whole or not at all, and once: whoever comes second takes the first one's token.
      await link(fresh, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      await rm(fresh, { force: true });
    }
    return hold(environment, release, processes, image);
  }

  return {
    directoryOf,
    find,
    list,
    hold,
    release: (environment, release) =>
      inTurn(directoryOf(release), async () => {
        await rm(fileOf(environment, release), { force: true });
        const left = await readdir(directoryOf(release)).catch(absent<string[]>([]));
        if (!left.some((name) => name.endsWith('.json')))
          await rm(directoryOf(release), { recursive: true, force: true });
      }),
  };
}

/** What is read of a file or directory that is not there. */
const absent =
  <T>(value: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
