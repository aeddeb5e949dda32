import type { GateRecord } from '../gates/record.ts';
import { type Freeze, freezesAt, freezeText } from './freeze.ts';

/** What acts on everything that wants to enter an environment, whatever its gates are. */
export interface FlowFacts {
  /** Of the environment. */
  readonly freezes: readonly Freeze[];
}

/** What says no for now, in the form in which gates say it. Nothing: nothing acts. `now`: ms since 1970. */
export function decideFlow({ freezes }: FlowFacts, now: number): readonly GateRecord[] {
  return frozen(freezesAt(freezes, now));
}

/** Several end with the last one. */
function frozen(freezes: readonly Freeze[]): readonly GateRecord[] {
  if (freezes.length === 0) return [];
  const until = freezes.map((freeze) => freeze.until).toSorted((a, b) => Date.parse(b) - Date.parse(a))[0] ?? null;
  return [said('freeze', { verdict: 'wait', reasons: freezes.map(freezeText), until })];
}

const said = (gate: string, more: Pick<GateRecord, 'verdict' | 'reasons' | 'until'>): GateRecord => ({
  ...{ gate, moment: 'entry', seconds: null },
  ...more,
});
