import type { UsedMemory } from '../ports/runtime.ts';

export const unknownMemory: UsedMemory = { usedMiB: null, peakMiB: null, limitMiB: null };

/** The most memory that an invocation of a function used, in MiB, by the line that Lambda writes after it, as text or as JSON; null: another line. */
export function peakOfReport(line: string): number | null {
  const text = /^REPORT RequestId: .*\tMax Memory Used: (\d+) MB/.exec(line)?.[1];
  if (text !== undefined) return Number(text);
  if (!line.startsWith('{')) return null;
  try {
    const { type, record } = JSON.parse(line) as { type?: unknown; record?: JsonReport };
    const peak = type === 'platform.report' ? record?.metrics?.maxMemoryUsedMB : undefined;
    return typeof peak === 'number' ? peak : null;
  } catch {
    return null;
  }
}

interface JsonReport {
  readonly metrics?: { readonly maxMemoryUsedMB?: unknown };
}
