import { type PlannedStep, SoundBiteError, stepNameOf } from '@soundbite/model';
import { longer, patience } from '../patience.ts';
import type { Asked } from '../store/promotion-rows.ts';
import type { Beginning, EndedStep } from '../store/steps.ts';
import { askedAgain, rested } from './asked-again.ts';
import { asGateSaid, attempt, isGoneOnAfter, isLasting, isWell, type Outcome } from './outcome.ts';
import { notesOfRetries } from './retried.ts';
import type { PromotionRun, StepRun } from './run.ts';

type Stopped = Extract<Beginning, { is: 'stopped' }>;

/** How an unsuccessful promotion ends. */
export interface Ending {
  readonly state: 'failed' | 'errored' | 'aborted';
  readonly reason: string;
}

/**
 * Executes a recorded plan step by step; each outcome is recorded once. It may die between any two lines: whoever continues, with this
 * code or another version, gets back to the same point by the recorded outcomes. New kinds of steps do not change it.
 */
export async function interpret(run: PromotionRun): Promise<void> {
  const { steps } = run.plan;
  let standing: Beginning | null = null;
  for (const [index, step] of steps.entries()) {
    standing ??= await run.records.stepBegun(run.id, step);
    const end = await perform(run, step, standing, steps[index + 1]);
    if ('is' in end) return undo(run, end);
    const { outcome, next } = end;
    if (!isGoneOnAfter(step, outcome) && (outcome.state === 'failed' || outcome.state === 'errored'))
      return undo(run, await endingOf(run, step, outcome));
    standing = next;
  }
  await run.records.finish(run.id, 'succeeded', null);
}

/** What broke while somebody wanted it stopped was not tried again for that. */
async function endingOf(
  run: PromotionRun,
  step: PlannedStep,
  { state, detail }: Extract<Outcome, { state: 'failed' | 'errored' }>,
): Promise<Ending> {
  const stopped = state === 'errored' ? (await run.records.asked(run.id)).stopped : null;
  if (stopped !== null) return { state: 'aborted', reason: stopped };
  return { state, reason: `${stepNameOf(step)}: ${detail}` };
}

/**
 * Runs a step, unless it ended before. A rollback's step is retried until it succeeds: it says why, holds the environment,
 * and obeys a request to stop between two tries. It ends without success if only a person can help.
 */
async function perform(
  run: PromotionRun,
  step: PlannedStep,
  beginning: Beginning,
  next: PlannedStep | undefined,
): Promise<EndedStep | Stopped> {
  const { kind, environment } = run.plan;
  let standing = beginning;
  for (let pause: number = firstMs; ; pause = longer(pause, patience.rollback)) {
    if (standing.is === 'stopped') return standing;
    if (standing.is === 'ended') return { outcome: standing.outcome, next: null };
    const outcome = await once(run, { step, ...standing });
    if (kind !== 'rollback' || isWell(outcome) || isLasting(outcome))
      return run.records.stepEnded(run.id, step, outcome, next);
    const why = `${stepNameOf(step)} is retried: ${outcome.detail}`;
    await run.records.note(run.id, `${why}; soundbite abort ${environment.name} ends it`);
    await rest(run, pause, ({ stopped }) => stopped !== null);
    standing = await run.records.stepBegun(run.id, step);
  }
}

/** Undoes what was done, if users could see any of it; then ends the promotion. */
export async function undo(run: PromotionRun, ending: Ending): Promise<void> {
  const begun = await run.records.begunSteps(run.id);
  const isTouched = run.plan.steps.some(
    ({ key, changes }) => begun.has(key) && (changes === 'versions' || changes === 'traffic'),
  );
  for (const step of isTouched ? run.plan.undo : []) {
    const outcome = await insist(run, step, ending);
    if (isWell(outcome)) continue;
    const reason = `${ending.reason}; and the rollback did not succeed: ${outcome.detail}`;
    return run.records.finish(run.id, 'errored', reason);
  }
  await run.records.finish(run.id, ending.state, ending.reason);
}

/** Runs a step of the undoing, however long it takes, and holds the environment meanwhile. It ends without success if only a person can help. */
async function insist(run: PromotionRun, step: PlannedStep, ending: Ending): Promise<Outcome> {
  for (let pause: number = firstMs; ; pause = longer(pause, patience.rollback)) {
    const beginning = await run.records.stepBegun(run.id, step, false);
    if (beginning.is === 'ended') return beginning.outcome;
    if (beginning.is === 'stopped') throw new Error('an undoing is not stopped by what it undoes');
    const outcome = await once(run, { step, ...beginning });
    const { givenUp } = await run.records.asked(run.id);
    const given: Outcome = { state: 'errored', detail: `${outcome.detail}; given up: ${givenUp}` };
    const last = isWell(outcome) || isLasting(outcome) ? outcome : givenUp !== null ? given : null;
    if (last) return (await run.records.stepEnded(run.id, step, last)).outcome;
    await run.records.note(run.id, `${ending.reason}; the rollback is retried: ${outcome.detail}`);
    await rest(run, pause, (asked) => asked.givenUp !== null);
  }
}

/** Waits between two tries; only a request to stop shortens it, because the promotion's own notes are news of it, too. */
async function rest(run: PromotionRun, ms: number, isHeard: (asked: Asked) => boolean): Promise<void> {
  const end = performance.now() + ms;
  for (let left = ms; left > 0; left = end - performance.now()) {
    await run.wait(left);
    if (isHeard(await run.records.asked(run.id))) return;
  }
}

const { firstMs } = patience.rollback;

const isOfUndoing = ({ plan }: PromotionRun, { key }: PlannedStep): boolean =>
  plan.undo.some((step) => step.key === key);

/** One attempt of a step, as a value; of a gate, as many as it takes to ask it. */
function once(
  run: PromotionRun,
  { step, generation, startedAt }: { step: PlannedStep; generation: number; startedAt: number },
): Promise<Outcome> {
  const { environment } = run.plan;
  const kind = run.kinds[step.kind];
  if (!kind) throw new SoundBiteError('step-unknown', `this version has no steps of the kind ${step.kind}`);
  const at: StepRun = { ...run, step, startedAt, fence: { owner: run.installation, generation } };
  // What is insisted on says it itself, with what it undoes.
  const isUndoing = isOfUndoing(run, step);
  const isInsisted = run.plan.kind === 'rollback' || isUndoing;
  const surroundings = (notes: ReturnType<typeof notesOfRetries>) => ({
    environment: environment.name,
    machinery: () => run.ports.runtime(environment.runtime).life(environment),
    patienceMs: isInsisted ? patience.rollback.silentMs : undefined,
    rest: (ms: number) => rested(at, ms, isUndoing ? 'givenUp' : 'stopped'),
    async beforeRetry(error: unknown, why: string) {
      const message = `${stepNameOf(step)} of ${environment.name} is retried`;
      run.ports.emit({ code: 'step-repeated', message, promotion: run.id, error });
      if (!isInsisted) await notes.again(why);
    },
  });
  return askedAgain(at, async () => {
    const notes = notesOfRetries(at);
    return asGateSaid(step, await attempt(() => kind.run(at, kind.with.parse(step.with)), surroundings(notes)));
  });
}
