import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Digest, type LogLine, type LogOptions, shortDigest, type Target } from '@soundbite/model';
import type { ProcessParts } from './parts.ts';
import { versionProcess } from './specs.ts';

/** How often files are looked at while following, in ms. */
const everyMs = 200;

interface Followed {
  readonly source: string;
  offset: number;
  rest: string;
}

interface Source {
  readonly log: string;
  readonly source: string;
}

/** Lines of an environment's processes from their log files, in order of time within each look; `follow` goes on until the signal. */
export async function* processLogs(
  parts: ProcessParts,
  target: Target,
  { sinceMs, follow, signal, of }: LogOptions,
): AsyncIterable<LogLine> {
  const followed = new Map<string, Followed>();
  while (!signal?.aborted) {
    // Listed at each look: a promotion brings new processes while somebody watches.
    const sources = await sourcesOf(parts, target, of);
    const lines = await Promise.all(sources.map(({ log, source }) => newLines(log, source, followed)));
    for (const line of lines.flat().sort((a, b) => a.at.localeCompare(b.at)))
      if (Date.parse(line.at) >= sinceMs) yield line;
    if (!follow) return;
    await sleep(everyMs, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

async function sourcesOf({ supervisor }: ProcessParts, target: Target, of: Digest | undefined): Promise<Source[]> {
  const { name } = target.environment;
  const processes = await supervisor.list();
  return processes.flatMap((process) => {
    const found = versionProcess(name, process.name);
    const isSought = found && (of === undefined || found.release === shortDigest(of));
    return isSought ? [{ log: process.log, source: found.component }] : [];
  });
}

async function newLines(path: string, source: string, followed: Map<string, Followed>): Promise<LogLine[]> {
  const state = followed.get(path) ?? { source, offset: 0, rest: '' };
  followed.set(path, state);
  const { text, mtime } = await readFrom(path, state);
  const [rest = '', ...lines] = (state.rest + text).split('\n').reverse();
  state.rest = rest;
  return lines.reverse().map((line) => ({ at: timeIn(line) ?? mtime, source, text: line }));
}

/** What was appended since the last look; a log that was rotated is read from its start. */
async function readFrom(path: string, state: Followed): Promise<{ text: string; mtime: string }> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!file) return { text: '', mtime: new Date().toISOString() };
  try {
    const { size, mtime } = await file.stat();
    if (size < state.offset) state.offset = 0;
    const buffer = Buffer.alloc(size - state.offset);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, state.offset);
    state.offset += bytesRead;
    return { text: buffer.toString('utf8', 0, bytesRead), mtime: mtime.toISOString() };
  } finally {
    await file.close();
  }
}

/** The time that a JSON line gives (`time`: ms since 1970 or ISO); others get the file's. */
function timeIn(line: string): string | null {
  if (!line.startsWith('{')) return null;
  try {
    const { time } = JSON.parse(line) as { readonly time?: number | string };
    return time === undefined ? null : new Date(time).toISOString();
  } catch {
    return null;
  }
}
