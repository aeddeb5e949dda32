import { type AlarmsOptions, type GateResult, gates, overriddenStep } from '@soundbite/model';
import { patience } from '../../patience.ts';
import { rested } from '../asked-again.ts';
import { damage, damageError } from '../damage.ts';
import type { Outcome } from '../outcome.ts';
import { placeOfRun, type StepKind, type StepRun } from '../run.ts';

const { alarms: gate } = gates;

/** The account's alarms while the new release has the traffic: one that did not ring when it entered fails it. */
export const alarmsStep: StepKind<AlarmsOptions> = {
  with: gate.options.safeExtend(overriddenStep),
  describe: ({ seconds }) => `see that its alarms do not ring${seconds > 0 ? `, for ${seconds} s` : ''}`,
  run: listen,
};

/** Asks until there is a verdict. A request to stop takes effect at once; an error of the account is the step's. */
async function listen(run: StepRun, options: AlarmsOptions): Promise<Outcome> {
  const before = await rangBefore(run);
  // The machine's clock for what has passed before this attempt only; from here on one that nobody sets.
  const beganMs = performance.now() - Math.max(0, Date.now() - run.startedAt);
  for (let told = ''; ; ) {
    const { alarms } = run.ports;
    const found = await alarms.find((await placeOfRun(run)).cloud, options);
    const passedMs = performance.now() - beganMs;
    const result = gate.decide({ moment: 'traffic', alarms: found, before, passedMs }, options, Date.now());
    const detail = result.reasons.join('; ');
    if (result.verdict === 'pass') return { state: 'succeeded', detail };
    if (result.verdict === 'fail') return failed(run, result, { alarms: found, before });
    if (detail !== told) await run.records.note(run.id, `alarms waits: ${detail}`);
    told = detail;
    const stopped = await rested(run, everyMs(run));
    if (stopped !== null) return { state: 'skipped', detail: `stopped: ${stopped}` };
  }
}

/** Those that its admission let go on. */
async function rangBefore({ records, id }: StepRun): Promise<readonly string[]> {
  const asked = (await records.view(id))?.gates ?? [];
  return asked.flatMap(({ gate: name, moment, let: past = [] }) =>
    name === 'alarms' && moment === 'entry' ? past : [],
  );
}

/** What somebody deleted from the account is not the release's fault. Settings are not read: that takes a minute, and a possibly bad release has the traffic. */
async function failed(run: StepRun, { reasons }: GateResult, evidence: object): Promise<Outcome> {
  const error = damageError(run, await damage(run));
  if (error) throw error;
  return { state: 'failed', detail: reasons.join('; '), evidence };
}

/** In ms. */
const everyMs = ({ ports, plan: { environment } }: StepRun): number =>
  Math.max(patience.watch.everyMs, ports.runtime(environment.runtime).looksEveryMs(environment));
