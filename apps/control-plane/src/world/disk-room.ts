import { statfs } from 'node:fs/promises';

/** What a file system has left for whoever is not root, in bytes. */
export interface DiskRoom {
  readonly path: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** The room on the disk that a directory is on. Errors: those of the file system. */
export async function diskRoom(path: string): Promise<DiskRoom> {
  const { bavail, blocks, bsize } = await statfs(path);
  return { path, freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
