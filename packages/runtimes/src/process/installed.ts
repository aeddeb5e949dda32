import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, processesOf, processesOfBefore, type Release, type ReleasedProcesses } from '@soundbite/model';
import { unzipCode } from './code.ts';
import { inTurn } from './turns.ts';

/** A release that an environment holds ready on this machine. */
export interface Installed {
  readonly release: Digest;
  /** What the control plane shows to the version's processes. */
  readonly token: string;
  /** What runs of it. */
  readonly processes: ReleasedProcesses;
}

/**
 * The versions on this machine: `<root>/<64 hex>/code/` (the unzipped bundle, shared) and `<64 hex>/<environment>.json` (mode 0600:
 * the control token of that environment's processes, and what they are; one of before says only the token).
 */
export interface InstalledStore {
  codeOf(release: Digest): string;
  /**
   * Unzips the code and remembers that the environment holds it; what another environment gives back meanwhile stays. `changed` names the
   * files that somebody had changed and that were set aside. Errors: `code-altered`.
   */
  install(
    environment: string,
    release: Release,
  ): Promise<{ readonly installed: Installed; readonly changed: string[] }>;
  /** Remembers that the environment holds the release; the token stays the same over calls. */
  hold(environment: string, release: Digest, processes?: ReleasedProcesses): Promise<Installed>;
  find(environment: string, release: Digest): Promise<Installed | null>;
  list(environment: string): Promise<Installed[]>;
  /** Forgets it, and removes the code when no environment holds it. */
  release(environment: string, release: Digest): Promise<void>;
}

/** `isAsReleased`: whether a directory holds just the code of a release; unzipping it to compare takes a second of a core. */
export function installedStore(
  root: string,
  isAsReleased: (directory: string, release: Digest) => Promise<boolean> = async () => false,
): InstalledStore {
  const directoryOf = (release: Digest) => join(root, release.replace('sha256:', ''));
  const fileOf = (environment: string, release: Digest) => join(directoryOf(release), `${environment}.json`);

  async function find(environment: string, release: Digest): Promise<Installed | null> {
    const text = await readFile(fileOf(environment, release), 'utf8').catch(absent(null));
    if (text === null) return null;
    const { token, processes } = JSON.parse(text) as Pick<Installed, 'token'> & Partial<Installed>;
    return { release, token, processes: processes ?? processesOfBefore };
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
  ): Promise<Installed> {
    const present = await find(environment, release);
    if (present) return present;
    const file = fileOf(environment, release);
    const fresh = `${file}.${process.pid}-${randomBytes(6).toString('hex')}.new`;
    await mkdir(directoryOf(release), { recursive: true, mode: 0o700 });
    const token = randomBytes(24).toString('base64url');
    // Those of before are told by their absence, also when they are read again.
    const said = processes === processesOfBefore ? {} : { processes };
    await writeFile(fresh, JSON.stringify({ token, ...said }), { mode: 0o600 });
    try {
      // Whole or not at all, and once: whoever comes second takes the first one's token.
      await link(fresh, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      await rm(fresh, { force: true });
    }
    return hold(environment, release, processes);
  }

  return {
    codeOf: (release) => join(directoryOf(release), 'code'),
    find,
    list,
    hold,
    install: (environment, release) =>
      inTurn(directoryOf(release.digest), async () => {
        const code = join(directoryOf(release.digest), 'code');
        const changed = (await isAsReleased(code, release.digest)) ? [] : await unzipCode(release, code);
        return { installed: await hold(environment, release.digest, processesOf(release.manifest)), changed };
      }),
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
