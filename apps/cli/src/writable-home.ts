import { constants, existsSync } from 'node:fs';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** As much as a start writes before it can say anything, in bytes. */
const probeBytes = 16 * 1024;

/**
 * Creates a home, and proves that it is writable: a process started in one that is not could not even log that. Errors: those of the disk, with
 * the home as their path (`disk-full`, `disk-read-only`, `not-permitted`).
 */
export async function makeWritable(home: string): Promise<void> {
  const probe = join(home, `.room-${process.pid}`);
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    await writeFile(probe, Buffer.alloc(probeBytes), { mode: 0o600 });
  } catch (error) {
    // Node says of a directory on a read-only disk only that it is not there.
    await access(firstThatIs(home), constants.W_OK).catch((reason: Error) => {
      throw Object.assign(reason, { path: home });
    });
    throw Object.assign(error as Error, { path: home });
  } finally {
    // On a disk that takes no writes there is nothing to remove.
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

/** The path itself or, where it is not there yet, the nearest directory above that is. */
export const firstThatIs = (path: string): string =>
  existsSync(path) || path === '/' ? path : firstThatIs(dirname(path));
