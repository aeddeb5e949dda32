import { z } from 'zod';
import { type GateMoment, gateMoments } from './gate.ts';
import { gates, isGateName } from './map.ts';

/** What a gate said of a promotion. errored: it could not be asked; overridden: a person let it in without. */
export const GateRecord = z.object({
  gate: z.string(),
  moment: z.enum(gateMoments),
  verdict: z.enum(['pass', 'wait', 'fail', 'errored', 'overridden']),
  reasons: z.array(z.string()),
  /** Waiting: when time alone may change it (ISO 8601); null: that is not known, or it does not wait. */
  until: z.string().nullable(),
  /** Waiting: whose word would end it; absent: nobody's alone. */
  who: z.array(z.string()).optional(),
  /** What was let pass because somebody fixes it forward, e.g. alarms that rang before; absent: nothing. */
  let: z.array(z.string()).optional(),
  /** How long it took; null: it has not ended, or it is asked at entry, again and again: how long that was waited for says `history <promotion>`. */
  seconds: z.number().nullable(),
});
export type GateRecord = z.infer<typeof GateRecord>;

/** For what a promotion waits, and who may end that. */
export const AwaitedGate = z.object({ gate: z.string(), who: z.array(z.string()), until: z.string().nullable() });
export type AwaitedGate = z.infer<typeof AwaitedGate>;

interface StepOfGate {
  readonly name: string;
  readonly state: 'running' | 'succeeded' | 'failed' | 'errored' | 'skipped';
  readonly seconds: number | null;
  readonly detail?: string | null | undefined;
}

const verdicts = { running: 'wait', succeeded: 'pass', failed: 'fail', errored: 'errored' } as const;

/**
 * The gates that steps of a promotion asked, as those steps say it. One that was stopped said nothing. `past`: which it goes past although they failed, by
 * name, and why. `relaxed`: what is to be said of some of them, by name.
 */
export const gatesOfSteps = (
  steps: readonly StepOfGate[],
  past: ReadonlyMap<string, string> = new Map(),
  relaxed: ReadonlyMap<string, readonly string[]> = new Map(),
): readonly GateRecord[] =>
  steps.flatMap(({ name, state, seconds, detail }) => {
    if (!isGateName(name) || state === 'skipped') return [];
    // Only what is asked after the entry is a step.
    const moment = (gates[name].moments as readonly GateMoment[]).find((one) => one !== 'entry') ?? 'entry';
    const reason = state === 'failed' ? past.get(name) : undefined;
    const verdict = reason === undefined ? verdicts[state] : 'overridden';
    const reasons = [reason, detail, ...(relaxed.get(name) ?? [])].filter((one) => typeof one === 'string');
    return [{ gate: name, moment, verdict, reasons, until: null, seconds }];
  });

/** For what it waits: one that errored is asked again, and keeps it out as long. */
export const awaitedGates = (records: readonly GateRecord[]): readonly AwaitedGate[] =>
  records
    .filter(({ moment, verdict }) => moment === 'entry' && (verdict === 'wait' || verdict === 'errored'))
    .map(({ gate, until, who = [] }) => ({ gate, who, until }));
