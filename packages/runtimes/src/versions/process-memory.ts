import { readFile } from 'node:fs/promises';
import { memoryLimitMiB, type UsedMemory, unknownMemory } from '@soundbite/model';

/**
 * What a process of this machine uses now, and the most since it was started, by what the kernel tells (`/proc`); unknown where there is none. Its limit is that of its
 * heap, as it was started, and what Node needs beside it: the same as a container of it may use, but nobody ends a process that uses more.
 */
export async function processMemory(pid: number, proc = '/proc'): Promise<UsedMemory> {
  try {
    const [status, command] = await Promise.all([
      readFile(`${proc}/${pid}/status`, 'utf8'),
      readFile(`${proc}/${pid}/cmdline`, 'utf8'),
    ]);
    const heap = /(?:^|\0)--max-old-space-size=(\d+)(?:\0|$)/.exec(command)?.[1];
    return {
      usedMiB: mebibytes(status, 'VmRSS'),
      peakMiB: mebibytes(status, 'VmHWM'),
      limitMiB: heap === undefined ? null : memoryLimitMiB(Number(heap)),
    };
  } catch {
    // It ended just now, is another user's, or the machine tells nothing of the kind.
    return unknownMemory;
  }
}

/** `VmHWM:   123456 kB`: those are KiB. */
function mebibytes(status: string, key: string): number | null {
  const found = new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  return found === undefined ? null : Math.round(Number(found) / 1024);
}
