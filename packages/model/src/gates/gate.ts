import type { z } from 'zod';
import type { EntryEvidence } from './entry-evidence.ts';
import { OverriddenBy, usuallyOverriddenBy } from './override.ts';
import { waitAtMost } from './wait-at-most.ts';

/**
 * When a gate is asked. entry: before anything changes. version: the new version stands and has no traffic yet. traffic: it has traffic, and the
 * promotion is not final.
 */
export const gateMoments = ['entry', 'version', 'traffic'] as const;
export type GateMoment = (typeof gateMoments)[number];

/** What a gate says of the facts. */
export interface GateResult {
  /** wait: it cannot be said yet, and asking again later may give another answer. */
  readonly verdict: 'pass' | 'wait' | 'fail';
  readonly reasons: readonly string[];
  /** Waiting: when the answer changes by time alone, in ms since 1970; absent: that is not known. */
  readonly until?: number;
  /** Waiting: whose word would end it. */
  readonly who?: readonly string[];
  /** Passing at entry: what it let pass because somebody fixes it forward. */
  readonly let?: readonly string[];
}

/** One kind of gate. A folder has one; `gates` in map.ts registers it, and the declaration, its schema and the reference page follow from that. */
export interface Gate<Options extends z.ZodObject, Facts> {
  /** When it is asked: at one of them, or at several. */
  readonly moments: readonly GateMoment[];
  /** In traffic it is asked after all others: what happens while they are asked counts. */
  readonly isLast?: boolean;
  /** Several of them may stand in one list, as long as this differs. Absent: it stands once. */
  readonly about?: (options: z.output<Options>) => string;
  /** What stands behind its name in environments.yaml. Each has a description. */
  readonly options: Options;
  /** Options that may be another than when absent under `emulated:` alone, each with why. */
  readonly onlyEmulated?: Readonly<Record<string, string>>;
  /** When it passes, in a few words: for the reference page. */
  readonly passes: string;
  /** Pure: the same facts, options and time (ms since 1970) give the same answer. */
  decide(facts: Facts, options: z.output<Options>, now: number): GateResult;
}

/** A gate that is asked before anything changes, perhaps later again: it says itself what it has to know. */
export interface EntryGate<Options extends z.ZodObject, Facts> extends Gate<Options, Facts> {
  /** It reads more than records, perhaps of an account: it is asked again once a minute. */
  readonly isDear?: boolean;
  /** Somebody may let in what it says no to, with a reason (`--fix-forward`): it names what. It is asked for that where it is overridden, too. */
  readonly isFixedForward?: boolean;
  ask(evidence: EntryEvidence, options: z.output<Options>): Promise<Facts>;
}

/**
 * A gate of entry, with the options that all of them have: how long a promotion may wait for it, and whose `--override` passes it, which is a deployer's
 * unless the gate or an environment says otherwise. Gates of later moments guard users: nobody overrides them unless the option names a role, so that one
 * that is asked at both is a deployer's at entry alone where nothing is said (`usuallyOverriddenBy`).
 */
export function entryGate<Options extends z.ZodObject, Facts>({
  overriddenBy = usuallyOverriddenBy,
  ...one
}: EntryGate<Options, Facts> & { readonly overriddenBy?: OverriddenBy }): EntryGate<Options, Facts> {
  const isAtEntryAlone = one.moments.every((moment) => moment === 'entry');
  const override = isAtEntryAlone
    ? OverriddenBy.default(overriddenBy).describe('whose `--override` passes it')
    : OverriddenBy.optional().describe(
        `whose \`--override\` passes it, at entry and later; absent: a ${usuallyOverriddenBy}’s at entry, and nobody’s later, where it guards users`,
      );
  // No gate's decision reads it, so that its own options stay its type.
  return { ...one, options: one.options.safeExtend({ override, waitAtMost }) as unknown as Options };
}

/** Keeps the types of a gate's options and facts together. */
export const gate = <Options extends z.ZodObject, Facts>(one: Gate<Options, Facts>): Gate<Options, Facts> => one;
