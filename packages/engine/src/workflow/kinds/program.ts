import { durationMs, type ProgramTrial, programGate } from '@soundbite/model';
import type { Outcome } from '../outcome.ts';
import type { StepRun } from '../run.ts';
import { stoppable } from '../stoppable.ts';

/**
 * What a program of the release says: the outcome of the step that runs it. A request to stop ends it at once. `timeout` counts from the beginning of the
 * step; without one the program's own seconds alone bound a run.
 */
export async function triedBy(run: StepRun, trial: Omit<ProgramTrial, 'signal'>, timeout?: string): Promise<Outcome> {
  const leftMs = timeout === undefined ? null : leftOf(run, timeout);
  const isOver = { state: 'errored', detail: `no verdict within ${timeout}` } as const;
  if (leftMs === 0) return isOver;
  const late = leftMs === null ? undefined : AbortSignal.timeout(leftMs);
  const signals = (stop: AbortSignal) => (late ? AbortSignal.any([stop, late]) : stop);
  const running = stoppable(run, (stop) => run.ports.programs.collect({ ...trial, signal: signals(stop) }));
  const ended = await running.catch((error: unknown) => {
    if (!late?.aborted) throw error;
    return isOver;
  });
  if ('state' in ended) return ended;
  if ('stopped' in ended) return { state: 'skipped', detail: `stopped: ${ended.stopped}` };
  const evidence = ended.result;
  const { verdict, reasons } = programGate(evidence);
  if (verdict !== 'pass') return { state: 'failed', detail: reasons.join('; '), evidence };
  return { state: 'succeeded', detail: `${evidence.facts.length} facts hold`, evidence };
}

/** In ms; a timer takes no more at once, which is weeks. */
const leftOf = ({ startedAt }: StepRun, timeout: string): number =>
  Math.min(Math.max(0, startedAt + durationMs(timeout) - Date.now()), 2 ** 31 - 1);
