import { setTimeout as sleep } from 'node:timers/promises';
import { type Digest, type LogLine, type LogOptions, shortDigest, type Target } from '@soundbite/model';
import { readLogFile } from './log-file.ts';
import { versionProcess } from './names.ts';
import type { VersionParts } from './parts.ts';

/** How often logs are looked at while following, in ms. */
const everyMs = 200;

interface Source {
  readonly log: string;
  readonly source: string;
}

/** Lines of an environment's processes from their logs, in order of time within each look; `follow` goes on until the signal. */
export async function* processLogs(
  parts: VersionParts,
  target: Target,
  { sinceMs, follow, signal, of }: LogOptions,
): AsyncIterable<LogLine> {
  const { readLog = readLogFile } = parts;
  const positions = new Map<string, unknown>();
  const newLines = async ({ log, source }: Source): Promise<LogLine[]> => {
    const { lines, position } = await readLog(log, positions.get(log));
    positions.set(log, position);
    return lines.map(({ at, text }) => ({ at: timeIn(text) ?? at, source, text }));
  };
  while (!signal?.aborted) {
    // Listed at each look: a promotion brings new processes while somebody watches.
    const sources = await sourcesOf(parts, target, of);
    const lines = await Promise.all(sources.map(newLines));
    for (const line of lines.flat().sort((a, b) => a.at.localeCompare(b.at)))
      if (Date.parse(line.at) >= sinceMs) yield line;
    if (!follow) return;
    await sleep(everyMs, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

async function sourcesOf({ supervisor }: VersionParts, target: Target, of: Digest | undefined): Promise<Source[]> {
  const { name } = target.environment;
  const processes = await supervisor.list(name);
  return processes.flatMap((process) => {
    const found = versionProcess(name, process.name);
    const isSought = found && (of === undefined || found.release === shortDigest(of));
    return isSought ? [{ log: process.log, source: found.component }] : [];
  });
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
