import { type UsedMemory, unknownMemory } from '@soundbite/model';
import type { EngineCalls } from './calls.ts';
import { unlessMissing } from './trouble.ts';

interface Stats {
  readonly memory_stats?: {
    readonly usage?: number;
    readonly max_usage?: number;
    readonly limit?: number;
    readonly stats?: { readonly inactive_file?: number; readonly total_inactive_file?: number };
  };
}

/**
 * What a container uses now, as `docker stats` says it: without what the kernel would give back. The most that it used is told with cgroup v1 only, and there with
 * files that were read.
 */
export async function containerMemory(calls: EngineCalls, name: string): Promise<UsedMemory> {
  const query = { stream: false, 'one-shot': true };
  const told = await unlessMissing(
    calls.json<Stats>('GET', `/containers/${encodeURIComponent(name)}/stats`, { query }),
  );
  const { usage, limit, stats, max_usage } = told?.memory_stats ?? {};
  // One that does not run has no memory.
  if (usage === undefined) return unknownMemory;
  const cached = stats?.inactive_file ?? stats?.total_inactive_file ?? 0;
  return {
    ...{ usedMiB: mebibytes(usage - cached), peakMiB: null },
    ...(max_usage === undefined ? {} : { peakWithFilesMiB: mebibytes(max_usage) }),
    limitMiB: limit === undefined ? null : mebibytes(limit),
  };
}

const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
