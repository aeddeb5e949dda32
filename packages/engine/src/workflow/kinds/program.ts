import { type ProgramTrial, programGate } from '@soundbite/model';
import type { Outcome } from '../outcome.ts';
import type { StepRun } from '../run.ts';
import { stoppable } from '../stoppable.ts';

/** What a program of the release says: the outcome of the step that runs it. A request to stop ends it at once. */
export async function triedBy(run: StepRun, trial: Omit<ProgramTrial, 'signal'>): Promise<Outcome> {
  const ended = await stoppable(run, (signal) => run.ports.programs.collect({ ...trial, signal }));
  if ('stopped' in ended) return { state: 'skipped', detail: `stopped: ${ended.stopped}` };
  const evidence = ended.result;
  const { verdict, reasons } = programGate(evidence);
  if (verdict !== 'pass') return { state: 'failed', detail: reasons.join('; '), evidence };
  return { state: 'succeeded', detail: `${evidence.facts.length} facts hold`, evidence };
}
