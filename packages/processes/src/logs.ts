import {
  closeSync,
  copyFileSync,
  fstatSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { systemProblem } from '@soundbite/model/system-problem.ts';

const maxBytes = 8 * 1024 * 1024;
const keptOnFullDisk = 64 * 1024;

/** Opens a log for appending (mode 0600); the descriptor is handed to a child and closed here after. */
export function openLogFile(path: string): number {
  return openSync(path, 'a', 0o600);
}

/** The last lines of a log; an empty text when there is none. */
export function tail(path: string, lines: number): string {
  const text = lastBytes(path, 16 * 1024);
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

/**
 * Moves a log that grew past 8 MiB to `<log>.1` and empties it in place: its writer keeps the descriptor (opened for appending) and
 * goes on at the start. Lines written between copy and truncation are lost.
 */
export function rotate(path: string, limit = maxBytes): void {
  if (sizeOf(path) <= limit) return;
  const end = lastBytes(path, keptOnFullDisk);
  try {
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
  } catch (error) {
    if (systemProblem(error)?.code !== 'disk-full') throw error;
    // No room for the copy: what gives room is the log itself. Its end is kept.
    rmSync(`${path}.1`, { force: true });
    truncateSync(path);
    writeFileSync(path, end, { flag: 'a' });
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function lastBytes(path: string, bytes: number): string {
  if (sizeOf(path) === 0) return '';
  const fd = openSync(path, 'r');
  try {
    const size = fstatSync(fd).size;
    const buffer = Buffer.alloc(Math.min(size, bytes));
    readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8');
  } finally {
    closeSync(fd);
  }
}
