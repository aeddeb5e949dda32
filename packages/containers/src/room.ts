import { statfs } from 'node:fs/promises';
import type { DiskRoom } from '@soundbite/model';
import type { EngineCalls } from './calls.ts';

/** The room where an engine keeps images and containers; null: that is in another machine (Docker Desktop, an engine elsewhere), whose disk no call tells of. */
export async function engineRoom(calls: EngineCalls): Promise<DiskRoom | null> {
  const { DockerRootDir } = await calls.json<{ readonly DockerRootDir?: string }>('GET', '/info');
  if (DockerRootDir === undefined || !calls.host.startsWith('unix://')) return null;
  try {
    const { bavail, blocks, bsize } = await statfs(DockerRootDir);
    return { path: DockerRootDir, freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return null;
  }
}
