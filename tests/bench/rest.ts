import { setTimeout as pause } from 'node:timers/promises';
import { homeProcesses, type OwnProcess } from './memory.ts';
import { type BenchStage, rounded } from './stage.ts';

/** What was started last is warm by then, and its functions have ended. */
const settleSeconds = 60;
const watchedSeconds = 300;
/** Kernel clock ticks a second (USER_HZ), the unit of times in /proc. */
const ticksPerSecond = 100;

/** CPU time and memory of everything that `up` leaves running while nobody asks for anything. */
export async function rest(stage: BenchStage, seconds = watchedSeconds) {
  await pause(settleSeconds * 1000);
  const before = new Map((await homeProcesses(stage.home)).map((found) => [found.pid, found]));
  const from = performance.now();
  const spent = new Map<string, number>();
  // Functions come and go: what one has used is in its parent's account of ended children.
  await pause(seconds * 1000);
  const after = await homeProcesses(stage.home);
  const elapsed = (performance.now() - from) / 1000;
  for (const found of after) {
    const used = found.ticks - (before.get(found.pid)?.ticks ?? 0);
    const group = groupOf(found);
    spent.set(group, (spent.get(group) ?? 0) + used / ticksPerSecond);
  }
  const cpuSeconds = [...spent.values()].reduce((sum, value) => sum + value, 0);
  return {
    bench: 'rest',
    seconds: rounded(elapsed, 0),
    cpuSeconds: rounded(cpuSeconds, 1),
    percentOfACore: rounded((100 * cpuSeconds) / elapsed, 1),
    cpuSecondsOf: perGroup([...spent]),
    pssMegabytesOf: perGroup(after.map((found) => [groupOf(found), found.megabytes])),
    pssMegabytes: rounded(
      after.reduce((sum, { megabytes }) => sum + megabytes, 0),
      0,
    ),
  };
}

/** Sums by group, the largest first. */
function perGroup(parts: readonly (readonly [string, number])[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const [name, value] of parts) sums.set(name, (sums.get(name) ?? 0) + value);
  return Object.fromEntries([...sums].sort(([, a], [, b]) => b - a).map(([name, sum]) => [name, rounded(sum, 1)]));
}

function groupOf({ name }: OwnProcess): string {
  if (name.includes('postgres')) return 'Postgres';
  if (name.includes('launcher.py')) return 'emulated accounts and their functions';
  if (name.includes('_worker')) return 'emulated accounts and their functions';
  if (name.endsWith('index.mjs')) return 'service processes';
  return name;
}
