import { stepNameOf } from '@soundbite/model';
import { patience } from '../patience.ts';
import type { StepRun } from './run.ts';

/**
 * Says in the promotion's view what a step waits for that is done again and again, soon but not at once: what comes back by itself in a moment is no news. One note for
 * as long as it lasts.
 */
export function notesOfRetries(run: Pick<StepRun, 'id' | 'step' | 'records'>) {
  const begun = performance.now();
  let noted = false;
  return {
    /** `why`: what was in the way, and its hint. */
    async again(why: string): Promise<void> {
      if (noted || performance.now() - begun < patience.step.saidAfterMs) return;
      noted = true;
      await run.records.note(run.id, `${stepNameOf(run.step)} is retried: ${why}`);
    },
    async over(): Promise<void> {
      if (noted) await run.records.note(run.id, null);
      noted = false;
    },
  };
}
