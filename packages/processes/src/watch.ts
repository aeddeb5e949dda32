import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessSpec } from '@soundbite/model';
import { isAlive } from './identity.ts';
import { isAnswered, listens, notYet, probe } from './probe.ts';
import type { RecordedRun } from './process-records.ts';
import { withPort } from './spec.ts';

/** The process that runs now; times by `performance.now()`. */
export interface ProcessRun extends RecordedRun {
  readonly since: number;
  /** When it first was healthy. */
  healthyAt: number | null;
  /** Since when it is not, if it is not. */
  unhealthyAt: number | null;
}

/** The observer of a run. */
export interface Watching {
  /** False as soon as the observer has left. */
  isNow(): boolean;
  spec(): ProcessSpec;
  healthy(): void;
  /** Called for each failure from the third on. */
  unhealthy(problem: string): void;
  /** Called after each look. */
  beat(): void;
  /** Called once when it is gone; given if there is no exit event. */
  gone?(): void;
}

const whileStartingMs = 40;
/** A process that is not healthy by then is slow: it is checked less often. */
const startingMs = 5_000;
const afterStartingMs = 250;
/** Where no exit event tells. */
const aliveEveryMs = 250;
const probeEveryMs = 2_500;
/** A process that has long been healthy is checked less often: its end is still noticed, a hang a little later. */
const longHealthyMs = 60_000;
const longHealthyProbeEveryMs = 10_000;
const whileFailingMs = 500;
/** A timer may fire a little before its time. */
const timerSlackMs = 5;
const probeTimeoutMs = 3_000;
const failuresUntilUnhealthy = 3;
/** A process without health and port counts as healthy when it lived so long. */
const graceMs = 150;

/** Watches one run, often until it is healthy, then less often, until the observer leaves. */
export async function watch(run: ProcessRun, watching: Watching): Promise<void> {
  let failures = 0;
  let nextProbeAt = 0;
  let pause = whileStartingMs;
  for (; watching.isNow(); await delay(watching.gone === undefined ? pause : Math.min(pause, aliveEveryMs))) {
    if (watching.gone !== undefined && !isAlive(run.identity)) return watching.gone();
    if (performance.now() < nextProbeAt) continue;
    const problem = await problemOf(run, watching.spec());
    if (!watching.isNow()) return;
    failures = problem === null ? 0 : failures + 1;
    if (problem === null) watching.healthy();
    else if (failures >= failuresUntilUnhealthy) watching.unhealthy(problem);
    watching.beat();
    pause = pauseOf(run, failures);
    nextProbeAt = performance.now() + pause - timerSlackMs;
  }
}

function pauseOf(run: ProcessRun, failures: number): number {
  if (run.healthyAt === null) return performance.now() - run.since < startingMs ? whileStartingMs : afterStartingMs;
  if (failures > 0) return whileFailingMs;
  return performance.now() - run.healthyAt > longHealthyMs ? longHealthyProbeEveryMs : probeEveryMs;
}

/** Null when the run is healthy by its spec, else why it is not. */
async function problemOf(run: ProcessRun, wanted: ProcessSpec): Promise<string | null> {
  const { health } = withPort(wanted, run.port);
  const startsAt = run.healthyAt === null ? run.port : null;
  if (startsAt !== null && !(await isAnswered(startsAt))) return notYet(startsAt);
  const problem = health === undefined ? null : await probe(health.url, probeTimeoutMs);
  if (problem !== null) return problem;
  // Last, for it reads much of the machine: once for each start.
  if (startsAt !== null) return listens(run.identity, startsAt);
  if (health !== undefined) return null;
  if (run.port !== null || run.healthyAt !== null) return null;
  return performance.now() - run.since < graceMs ? 'it has just started' : null;
}
