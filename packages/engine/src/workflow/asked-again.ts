import { isGateName, type PlannedStep, stepNameOf, usualRetries } from '@soundbite/model';
import { longer, patience } from '../patience.ts';
import { isLasting, type Outcome } from './outcome.ts';
import type { StepRun } from './run.ts';

/**
 * A gate that errored is asked again, as often as its options say, with a pause in between; whoever stops the promotion ends that. What failed is never asked
 * again, nor what only a person can fix. A control plane that takes over counts anew. Other steps are done once.
 */
export async function askedAgain(run: StepRun, ask: () => Promise<Outcome>): Promise<Outcome> {
  const { firstMs } = patience.gate;
  for (let left = retriesOf(run.step), pause: number = firstMs; ; left--, pause = longer(pause, patience.gate)) {
    const outcome = await ask();
    if (outcome.state !== 'errored' || isLasting(outcome) || left <= 0) return outcome;
    await run.records.note(run.id, `${stepNameOf(run.step)} is asked again: ${outcome.detail}`);
    const stopped = await rested(run, pause);
    if (stopped !== null) return { state: 'skipped', detail: `stopped: ${stopped}` };
  }
}

function retriesOf({ kind, with: { retries } }: PlannedStep): number {
  if (!isGateName(kind)) return 0;
  return typeof retries === 'number' ? retries : usualRetries;
}

/**
 * Until so many ms have passed, or somebody asks the promotion to stop; then why. An undoing has heard that already: it ends when somebody gives it up
 * (`givenUp`).
 */
export async function rested(
  run: StepRun,
  ms: number,
  heeds: 'stopped' | 'givenUp' = 'stopped',
): Promise<string | null> {
  const next = performance.now() + ms;
  for (;;) {
    const { stopped, broken, givenUp } = await run.records.asked(run.id);
    const why = heeds === 'givenUp' ? givenUp : (broken ?? stopped);
    const left = next - performance.now();
    if (why !== null || left <= 0) return why;
    await run.wait(left);
  }
}
