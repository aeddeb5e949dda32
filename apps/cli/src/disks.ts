import { constants, readFileSync } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FindingView } from '@soundbite/client';
import { knownEnvironments } from './declaration.ts';
import type { Shell } from './shell.ts';
import { firstThatIs } from './writable-home.ts';

/** A release is 20 MB, a database cluster 50 MB. */
const leastBytes = 100e6;
/** An emulated account with its functions' code. */
const leastBytesOfAccount = 100e6;
/** The packages take 900 MB where they are missing. */
const leastBytesOfRepository = 500e6;
/** Bundles and syntheses are made there, and taken away again. */
const leastTemporaryBytes = 100e6;
const leastFiles = 5_000;

interface Place {
  readonly name: string;
  readonly path: string;
  readonly leastBytes: number;
}

/** The disks that SoundBite writes to, each once: whether there is room for what comes there, and whether it may be written to. */
export async function inspectDisks(shell: Shell): Promise<FindingView[]> {
  const disks = new Map<number, Place>();
  for (const place of placesOf(shell, await emulatedAccounts(shell))) {
    const here = { ...place, path: firstThatIs(place.path) };
    const { dev } = await stat(here.path);
    const before = disks.get(dev);
    disks.set(dev, before ? { ...before, leastBytes: Math.max(before.leastBytes, here.leastBytes) } : here);
  }
  return Promise.all([...disks.values()].map(inspectDisk));
}

/** How many accounts are emulated here; none where the declaration cannot be read: a finding of its own says so. */
async function emulatedAccounts(shell: Shell): Promise<number> {
  const clouds = (await knownEnvironments(shell)).map(({ cloud }) => cloud);
  return new Set(clouds.flatMap(({ kind, account }) => (kind === 'emulated' ? [account] : []))).size;
}

function placesOf({ root, home }: Shell, accounts: number): readonly Place[] {
  return [
    { name: 'disk of the repository', path: root, leastBytes: leastBytesOfRepository },
    { name: 'disk of the state', path: home, leastBytes: leastBytes + accounts * leastBytesOfAccount },
    ...databasesOf(home).map((path) => ({ name: 'disk of the database', path, leastBytes })),
    { name: 'disk of temporary files', path: tmpdir(), leastBytes: leastTemporaryBytes },
  ];
}

/** As root, the database is outside of the home, which names it. */
function databasesOf(home: string): readonly string[] {
  try {
    const { directories } = JSON.parse(readFileSync(join(home, 'outside.json'), 'utf8')) as { directories: string[] };
    return directories;
  } catch {
    // None, or none that this user may see: the finding `state` says so.
    return [];
  }
}

async function inspectDisk({ name, path, leastBytes: least }: Place): Promise<FindingView> {
  if (await isReadOnly(path))
    return {
      name,
      ok: false,
      detail: `${path} is on a read-only file system`,
      hint: `mount it for writing, or set SOUNDBITE_HOME to another directory`,
    };
  const { bavail, bsize, files, ffree } = await statfs(path);
  const free = bavail * bsize;
  const hasFiles = files === 0 || ffree >= leastFiles;
  const ok = free >= least && hasFiles;
  const room = `${size(free)} free at ${path}, ${size(least)} needed`;
  return {
    name,
    ok,
    detail: hasFiles ? room : `${room}; it has room for only ${ffree} more files, ${leastFiles} are needed`,
    ...(ok
      ? {}
      : {
          hint: `make room: du -xsh ${path}/* shows what uses it; or set SOUNDBITE_HOME to a directory on a larger disk`,
        }),
  };
}

const size = (bytes: number): string =>
  bytes < 1e9 ? `${Math.floor(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

const isReadOnly = (path: string): Promise<boolean> =>
  access(path, constants.W_OK).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'EROFS',
  );
