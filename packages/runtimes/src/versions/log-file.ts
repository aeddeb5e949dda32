import { open } from 'node:fs/promises';

/** A line of a log, and when it was written as far as the log itself tells. */
export interface WrittenLine {
  readonly at: string;
  readonly text: string;
}

/** What was written since `position`, which an earlier look gave; undefined is the beginning. */
export type LogReader = (
  log: string,
  position: unknown,
) => Promise<{ readonly lines: readonly WrittenLine[]; readonly position: unknown }>;

interface InFile {
  readonly offset: number;
  /** The beginning of a line that is not whole yet. */
  readonly rest: string;
}

/** Logs that are files. */
export const readLogFile: LogReader = async (path, position) => {
  const { offset, rest } = (position as InFile | undefined) ?? { offset: 0, rest: '' };
  const { text, mtime, end } = await readFrom(path, offset);
  const [begun = '', ...lines] = (rest + text).split('\n').reverse();
  return {
    lines: lines.reverse().map((line) => ({ at: mtime, text: line })),
    position: { offset: end, rest: begun } satisfies InFile,
  };
};

/** What was appended since the last look; a log that was rotated is read from its start. */
async function readFrom(path: string, from: number): Promise<{ text: string; mtime: string; end: number }> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!file) return { text: '', mtime: new Date().toISOString(), end: from };
  try {
    const { size, mtime } = await file.stat();
    const offset = size < from ? 0 : from;
    const buffer = Buffer.alloc(size - offset);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    return { text: buffer.toString('utf8', 0, bytesRead), mtime: mtime.toISOString(), end: offset + bytesRead };
  } finally {
    await file.close();
  }
}
