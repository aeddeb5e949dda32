import type { Timeline } from '@soundbite/client';
import type { InStacks } from './failed-in-stacks.ts';

type Entry = Timeline['entries'][number];
type StepState = NonNullable<Entry['step']>['state'];

/** One step on the axis of a promotion's work; times in s since its first step began. */
export interface LaneRow {
  readonly name: string;
  /** ahead: it is still to come; never: the promotion ended before it. */
  readonly state: StepState | 'ahead' | 'never';
  readonly start: number;
  readonly length: number;
  /** What it usually takes there; null: it never succeeded there. */
  readonly usual: number | null;
  /** What it did, or why it failed. */
  readonly detail: string | null;
  /** What failed in its stacks, where that is on record. */
  readonly inStacks: InStacks | null;
  /** How often it was begun: more than once after a crash. */
  readonly attempts: number;
}

/** A promotion's work, with what is still to come at its usual length. `seconds`: of the whole axis. */
export interface Lane {
  readonly rows: readonly LaneRow[];
  readonly seconds: number;
}

/** The steps that were begun, where and as long as they were; then those that are planned. `now` in ms since 1970. */
export function laneOf({ entries, planned, beganAt, finishedAt }: Timeline, now: number): Lane {
  const usualOf = (name: string) => planned.find((one) => one.name === name)?.usualSeconds ?? null;
  const end = finishedAt === null ? now : Date.parse(finishedAt);
  const begun = entries.flatMap(({ step, at, seconds, reason, stackFailures: inStacks = null }) => {
    if (!step || at === null) return [];
    const start = beganAt === null ? 0 : Math.max(0, (Date.parse(at) - Date.parse(beganAt)) / 1000);
    const length = seconds ?? Math.max(0, (end - Date.parse(at)) / 1000);
    return [{ ...step, start, length, usual: usualOf(step.name), detail: reason, inStacks }];
  });
  const left = planned.filter(({ name }) => !begun.some((one) => one.name === name));
  let from = Math.max(
    0,
    ...begun.map(
      ({ start, length, usual, state }) => start + (state === 'running' ? Math.max(length, usual ?? 0) : length),
    ),
  );
  const coming = left.map(({ name, usualSeconds: usual }) => {
    const [start, length] = [from, finishedAt === null ? (usual ?? 0) : 0];
    from += length;
    return {
      name,
      state: finishedAt === null ? 'ahead' : 'never',
      start,
      length,
      usual,
      ...{ detail: null, inStacks: null, attempts: 0 },
    } as const;
  });
  return { rows: [...begun, ...coming], seconds: Math.max(from, 0.001) };
}

/** What it waited for before it began, in order; the last may not have ended. */
export const waitsOf = ({ entries }: Timeline): readonly Entry[] =>
  entries.filter(({ what }) => what === 'wait' || what === 'turn');
