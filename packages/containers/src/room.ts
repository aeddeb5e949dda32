import { statfs } from 'node:fs/promises';
import type { DiskRoom } from '@soundbite/model';
import type { EngineCalls } from './calls.ts';
import type { Reach } from './reach.ts';

/**
 * The room where an engine keeps images and containers; null: that is in another machine (Docker Desktop, an engine elsewhere), whose disk no call tells of. Whoever runs in a container of
 * the engine (`by` is `network`) has its own files there.
 */
export async function engineRoom(calls: EngineCalls, by: Reach['by']): Promise<DiskRoom | null> {
  const { DockerRootDir } = await calls.json<{ readonly DockerRootDir?: string }>('GET', '/info');
  if (DockerRootDir === undefined || !calls.host.startsWith('unix://')) return null;
  try {
    const { bavail, blocks, bsize } = await statfs(by === 'network' ? '/' : DockerRootDir);
    return { path: DockerRootDir, freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return null;
  }
}
