import { z } from 'zod';
import { Duration, durationMs } from '../duration.ts';
import { entryGate, type GateResult } from '../gate.ts';
import { retries } from '../tries.ts';
import type { CloudAlarm } from './cloud-alarm.ts';

/** CloudWatch's own limit of one question. */
const mostNames = 100;

const AlarmsOptions = z
  .strictObject({
    names: z
      .array(z.string().min(1).max(255))
      .max(mostNames)
      .default([])
      .describe(
        'alarms of its account and region, on a metric or on other alarms; one that does not exist never passes',
      ),
    prefix: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('all alarms whose names begin so, too; there has to be one; absent: those that are named alone'),
    insufficientData: z
      .enum(['wait', 'pass'])
      .default('wait')
      .describe('what an alarm without enough data says: no verdict is possible yet; or that it does not ring'),
    seconds: z
      .number()
      .min(0, 'must be 0 or more seconds')
      .max(86_400)
      .default(0)
      .describe('how long they have to stay OK at full traffic'),
    timeout: Duration.default('10m').describe(
      'how long it waits at full traffic, after that, for alarms that have no data or are not there yet, before it fails',
    ),
    retries,
  })
  .refine(({ names, prefix }) => names.length > 0 || prefix !== undefined, {
    path: ['names'],
    message: 'must have a name, unless there is a prefix',
  });
export type AlarmsOptions = z.infer<typeof AlarmsOptions>;

/** Before anything changes. */
interface AlarmsAtEntry {
  readonly moment: 'entry';
  /** Those of the declared that exist; null: nothing is live that could make one ring. */
  readonly alarms: readonly CloudAlarm[] | null;
  /** Why somebody enters all the same. */
  readonly fixForward: string | null;
}

/** While the new version has the traffic. */
interface AlarmsInTraffic {
  readonly moment: 'traffic';
  readonly alarms: readonly CloudAlarm[];
  /** Those that rang when it entered, and were let go on. */
  readonly before: readonly string[];
  /** How long it has had the traffic, in ms. */
  readonly passedMs: number;
}

/** The account's alarms do not ring, or ring no more than before. */
export const alarmsGate = entryGate({
  moments: ['entry', 'traffic'],
  isLast: true,
  isFixedForward: true,
  options: AlarmsOptions,
  passes:
    'the CloudWatch alarms are OK; with `--fix-forward <reason>`, those that rang before it entered may go on, and no other may begin',
  async ask(evidence, { names, prefix }): Promise<AlarmsAtEntry | AlarmsInTraffic> {
    return { moment: 'entry', alarms: await evidence.alarms({ names, prefix }), fixForward: evidence.fixForward() };
  },
  decide: (facts, options) => (facts.moment === 'entry' ? atEntry(facts, options) : inTraffic(facts, options)),
});

function atEntry({ alarms, fixForward }: AlarmsAtEntry, options: AlarmsOptions): GateResult {
  if (alarms === null) return { verdict: 'pass', reasons: ['nothing is live here that could make one ring'] };
  const { ringing, missing, blind } = sorted(alarms, options);
  const open = [...told(ringing, rings), ...missing.map(isMissing), ...told(blind, isBlind)];
  if (open.length === 0) return { verdict: 'pass', reasons: [`${alarms.length} OK`] };
  if (fixForward === null) {
    const hint =
      'it waits until that has changed; to enter all the same: soundbite promote … --fix-forward "why", after soundbite abort';
    return { verdict: 'wait', reasons: [...open, hint] };
  }
  return {
    verdict: 'pass',
    reasons: [`fixed forward: ${fixForward}`, ...open],
    let: ringing.map(({ name }) => name),
  };
}

function inTraffic({ alarms, before, passedMs }: AlarmsInTraffic, options: AlarmsOptions): GateResult {
  const { ringing, missing, blind } = sorted(alarms, options);
  const isOld = ({ name }: CloudAlarm) => before.includes(name);
  const fresh = ringing.filter((one) => !isOld(one));
  if (fresh.length > 0) return { verdict: 'fail', reasons: told(fresh, rings) };
  const endMs = options.seconds * 1000;
  // An alarm that rang has had its data: it may lose it meanwhile.
  const open = [
    ...missing.map(isMissing),
    ...told(
      blind.filter((one) => !isOld(one)),
      isBlind,
    ),
  ];
  if (open.length > 0 && passedMs >= endMs + durationMs(options.timeout))
    return { verdict: 'fail', reasons: [`no verdict is possible: ${open.join(', ')}`] };
  if (passedMs < endMs) return { verdict: 'wait', reasons: [] };
  if (open.length > 0) return { verdict: 'wait', reasons: open };
  const old = told(ringing, ({ name }) => `${name} rings as before, and is fixed forward`);
  return { verdict: 'pass', reasons: [`${alarms.length - ringing.length} OK`, ...old] };
}

/** What is not OK among them. */
function sorted(alarms: readonly CloudAlarm[], { names, prefix, insufficientData }: AlarmsOptions) {
  const found = new Set(alarms.map(({ name }) => name));
  const begins = prefix !== undefined && !alarms.some(({ name }) => name.startsWith(prefix));
  return {
    ringing: alarms.filter(({ state }) => state === 'ALARM'),
    missing: [...names.filter((name) => !found.has(name)), ...(begins ? [`${prefix}*`] : [])],
    blind: insufficientData === 'pass' ? [] : alarms.filter(({ state }) => state === 'INSUFFICIENT_DATA'),
  };
}

const told = (alarms: readonly CloudAlarm[], tell: (alarm: CloudAlarm) => string): string[] => alarms.map(tell);

const rings = ({ name, since }: CloudAlarm): string =>
  `${name} rings${since === null ? '' : ` since ${new Date(since).toISOString()}`}`;
const isBlind = ({ name }: CloudAlarm): string => `${name} has too little data for a verdict`;
const isMissing = (name: string): string => `there is no alarm ${name}`;
