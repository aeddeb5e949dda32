import { DBOS } from '@dbos-inc/dbos-sdk';
import type { StepName } from '@soundbite/model';
import { throughOutages } from '../store/database.ts';
import { attempt, type Outcome } from './outcome.ts';
import { declared, type Run } from './run.ts';
import * as steps from './steps.ts';

/** Why a promotion stopped before its end. */
type Stop = { readonly state: 'failed' | 'errored' | 'aborted'; readonly reason: string };

/** Messages that a running promotion hears between its steps. */
export type Control = { readonly kind: 'abort'; readonly reason: string };
export const controlTopic = 'control';

/** A look of the watch each so many seconds. */
const lookEvery = 1;
/** Looks that may be spoilt by machinery that is started anew, before the watch gives up: some minutes. */
const spoiltLooks = 200;

/**
 * One durable attempt to bring one release into one environment. Runs inside a DBOS workflow: it may be stopped between any two lines and goes on
 * from its last recorded step; every step is at-least-once and idempotent.
 */
export async function promotion(run: Run): Promise<void> {
  const work = run.request.kind === 'rollback' ? goBack : goForward;
  let touched = false;
  const stop = await work(run, () => {
    touched = true;
  });
  if (!stop) return finish(run, 'succeeded', null);
  if (!touched) return finish(run, stop.state, stop.reason);
  const back = await perform(run, 'rollback', (generation) => steps.rollback(run, generation));
  if (back.state === 'succeeded') return finish(run, stop.state, stop.reason);
  return finish(run, 'errored', `${stop.reason}; and the rollback did not succeed: ${back.detail}`);
}

/** A release moves up the chain. `touching` is called before the first step that changes what runs. */
async function goForward(run: Run, touching: () => void): Promise<Stop | null> {
  return (
    (await step(run, 'verify', () => steps.verify(run))) ??
    (await step(run, 'plan', () => steps.plan(run))) ??
    (await step(run, 'infrastructure', (generation) => steps.infrastructure(run, generation))) ??
    (await step(run, 'publish', (generation) => steps.publish(run, generation), touching)) ??
    (await step(run, 'smoke', () => steps.smoke(run))) ??
    (await step(run, 'shift', (generation) => steps.shiftTo(run, run.release, 'forward', generation))) ??
    (await watch(run)) ??
    (await step(run, 'finalise', (generation) => steps.finalise(run, generation)))
  );
}

/** Versions only: the infrastructure stays as it has grown. */
async function goBack(run: Run, touching: () => void): Promise<Stop | null> {
  return (
    (await step(run, 'verify', () => steps.verifyReturn(run))) ??
    (await step(run, 'publish', (generation) => steps.publishAgain(run, generation), touching)) ??
    (await step(run, 'shift', (generation) => steps.shiftTo(run, run.release, 'back', generation))) ??
    (await step(run, 'finalise', (generation) => steps.finalise(run, generation)))
  );
}

/** One step, unless a person stopped the promotion before it. */
async function step(
  run: Run,
  name: StepName,
  work: (generation: number) => Promise<Outcome>,
  before: () => void = () => {},
): Promise<Stop | null> {
  const stop = await aborted();
  if (stop) return stop;
  before();
  return stopped(name, await perform(run, name, work));
}

/** Watches the new release at full traffic for the declared seconds; a message to abort is heard at once. */
async function watch(run: Run): Promise<Stop | null> {
  const seconds = declared(run, run.request.environment).watch;
  const begun = await DBOS.runStep(
    async () => {
      await run.records.stepBegun(run.id, 'watch');
      return { at: Date.now(), seconds, machinery: await machineryOf(run) };
    },
    { name: 'watch.begin' },
  );
  const looks = Math.max(1, Math.ceil(begun.seconds / lookEvery));
  let unhealthy = 0;
  let requests = 0;
  let { at: since, machinery } = begun;
  let spoilt = 0;
  let stop: Stop | null = null;
  for (let at = 0; at < looks && !stop; at++) {
    if (begun.seconds > 0) stop = await aborted(Math.min(lookEvery, begun.seconds));
    if (stop) break;
    const before = unhealthy;
    const seen = await DBOS.runStep(() => lookThroughOutages(run, since, before), { name: 'watch.look' });
    if (seen.machinery !== machinery) {
      // What was started anew under the release is not its fault: the watch begins again, from here.
      ({ at: since, machinery } = seen);
      unhealthy = 0;
      at = -1;
      spoilt += 1;
      if (spoilt > spoiltLooks)
        stop = { state: 'errored', reason: 'watch: what the environments stand on does not stay up; soundbite doctor' };
      continue;
    }
    unhealthy = seen.unhealthyLooks;
    requests = seen.requests;
    if (seen.missing) stop = { state: 'errored', reason: `watch: ${seen.missing}` };
    else if (seen.reasons.length > 0) stop = { state: 'failed', reason: `watch: ${seen.reasons.join('; ')}` };
  }
  const outcome: Outcome = stop
    ? { state: stop.state === 'failed' ? 'failed' : 'errored', detail: stop.reason }
    : { state: 'succeeded', detail: `${begun.seconds} s and ${requests} requests watched` };
  await DBOS.runStep(() => run.records.stepEnded(run.id, 'watch', outcome.state, outcome.detail, { requests }), {
    name: 'watch.end',
  });
  return stop;
}

/** Machinery that is away for a moment is an unhealthy look, not an error: the watch is there to see such things. */
async function lookThroughOutages(run: Run, since: number, unhealthyBefore: number) {
  const seen = await lookOnce(run, since, unhealthyBefore);
  return { ...seen, at: Date.now(), machinery: await machineryOf(run) };
}

/** A host that is away for a moment has a life that differs from every other. */
const machineryOf = (run: Run): Promise<string> => run.ports.machinery().catch(() => 'away');

async function lookOnce(run: Run, since: number, unhealthyBefore: number) {
  const looking = async (): Promise<Outcome> => ({
    state: 'succeeded',
    detail: '',
    evidence: await steps.look(run, since, unhealthyBefore),
  });
  const seen = await attempt(looking, { environment: run.request.environment });
  if (seen.state === 'succeeded') return seen.evidence as Awaited<ReturnType<typeof steps.look>>;
  return { unhealthyLooks: unhealthyBefore + 1, reasons: [seen.detail], requests: 0, missing: undefined };
}

/** Does and records one step. Its outcome is a value, so that the workflow's replay sees the same. */
function perform(run: Run, name: StepName, work: (generation: number) => Promise<Outcome>): Promise<Outcome> {
  return DBOS.runStep(
    async () => {
      const generation = await run.records.stepBegun(run.id, name);
      const outcome = await attempt(() => work(generation), {
        environment: run.request.environment,
        machinery: run.ports.machinery,
        beforeRetry: (error) =>
          run.ports.emit({
            code: 'step-repeated',
            message: `${name} of ${run.request.environment} is tried again`,
            promotion: run.id,
            error,
          }),
      });
      const evidence = 'evidence' in outcome ? outcome.evidence : undefined;
      await run.records.stepEnded(run.id, name, outcome.state, outcome.detail, evidence);
      return outcome;
    },
    { name },
  );
}

function stopped(name: StepName, outcome: Outcome): Stop | null {
  if (outcome.state === 'succeeded' || outcome.state === 'skipped') return null;
  return { state: outcome.state, reason: `${name}: ${outcome.detail}` };
}

/** Whether a person stopped it; waits `seconds` for the message. */
export async function aborted(seconds = 0): Promise<Stop | null> {
  const message = await DBOS.recv<Control>(controlTopic, { timeoutSeconds: seconds, pollingIntervalMs: 200 });
  return message ? { state: 'aborted', reason: message.reason } : null;
}

function finish(run: Run, state: 'succeeded' | Stop['state'], reason: string | null): Promise<void> {
  return DBOS.runStep(() => throughOutages(() => run.records.state(run.id, state, reason)), { name: 'finish' });
}
