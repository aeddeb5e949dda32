import { statfs } from 'node:fs/promises';
import type { DiskRoom } from '@soundbite/model';

/** The room on the disk that a directory is on. Errors: those of the file system. */
export async function diskRoom(path: string): Promise<DiskRoom> {
  const { bavail, blocks, bsize } = await statfs(path);
  return { path, freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
