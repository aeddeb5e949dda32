import type { Containers } from '@soundbite/model';
import type { EngineCalls } from './calls.ts';

/** Texts of a log that the engine sends in frames: one byte of its stream, three of nothing, four of its length. */
export function linesInFrames(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    texts.push(bytes.toString('utf8', at + 8, at + 8 + length));
    at += 8 + length;
  }
  return texts
    .join('')
    .split('\n')
    .filter((line) => line !== '');
}

/** See `Containers.lines`; a moment is the engine's own timestamp, in nanoseconds. */
export async function linesOf(calls: EngineCalls, id: string, after: string | null): ReturnType<Containers['lines']> {
  const query = { stdout: 1, stderr: 1, timestamps: 1, ...(after === null ? {} : { since: secondsOf(after) }) };
  const frames = await calls.bytes('GET', `/containers/${encodeURIComponent(id)}/logs`, { query });
  const lines = linesInFrames(frames)
    .map((line) => ({ at: line.slice(0, line.indexOf(' ')), text: line.slice(line.indexOf(' ') + 1) }))
    // What was written at `after` comes once more.
    .filter(({ at }) => after === null || at > after);
  return { lines, last: lines.at(-1)?.at ?? after };
}

/** `2026-01-01T00:00:00.123456789Z` as seconds with nine digits behind the point. */
function secondsOf(moment: string): string {
  const [, nanos = ''] = /\.(\d+)Z$/.exec(moment) ?? [];
  return `${Math.floor(Date.parse(moment) / 1000)}.${nanos.padEnd(9, '0')}`;
}

/** The last lines of a log, for messages. */
export async function logEnd(calls: EngineCalls, id: string): Promise<string> {
  const query = { stdout: 1, stderr: 1, tail: 15 };
  const frames = await calls.bytes('GET', `/containers/${encodeURIComponent(id)}/logs`, { query }).catch(() => null);
  const lines = frames === null ? [] : linesInFrames(frames);
  return lines.length === 0 ? '' : `; its log ends:\n${lines.join('\n')}`;
}
