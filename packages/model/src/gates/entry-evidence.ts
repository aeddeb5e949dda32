import type { ApprovalFacts } from '../people/approval.ts';
import type { NewestEvidence } from '../release-evidence.ts';
import type { CloudAlarm, SoughtAlarms } from './alarms/cloud-alarm.ts';
import type { Tally } from './watch/tally.ts';

/** Since when a release is live in an environment without another one in between. */
export interface LiveSince {
  readonly environment: string;
  /** In ms since 1970; null: it is not live there. */
  readonly since: number | null;
}

/** How what runs in an environment differs from what was released into it, made outside of SoundBite. */
export interface Difference {
  /** The thing that differs: `stack`, `settings`, a function's version, a file. */
  readonly where: string;
  /** Its state, and the expected one. */
  readonly detail: string;
  /** The command that ends it. */
  readonly hint: string;
}

/** empty: nothing is live there; restoring: what wants to enter is what is live there; changing: the environment that a promotion or a session changes now. */
export type Differences = 'empty' | 'restoring' | { readonly changing: string } | readonly Difference[];

/** What entry gates may ask about the promotion that wants to enter. */
export interface EntryEvidence {
  /** The newest evidence of a kind for its release, of all from these people or programs; `by` absent: from anybody. Null: there is none. */
  newest(kind: string, by?: readonly string[]): Promise<NewestEvidence | null>;
  /** Whether its release is live in its environment already: it brings nothing that is new, and may bring back what was changed by hand. */
  isLiveHere(): Promise<boolean>;
  /** Its release in the environment before. Null: no environment comes before. */
  before(): Promise<LiveSince | null>;
  /** What users asked of its release in the environment before since then (ms since 1970), and how often it answered with a server error. */
  requestsBefore(since: number): Promise<Tally>;
  /** How its environment differs from what was released into it. Errors: why that could not be read. */
  differences(): Promise<Differences>;
  /** What people said of the promotion, and who may. */
  approvals(about: { readonly withAuthors: boolean }): Promise<ApprovalFacts>;
  /** The environment's alarms. Null: nothing is live there that could make one ring. */
  alarms(sought: SoughtAlarms): Promise<readonly CloudAlarm[] | null>;
  /** Why somebody enters though something is wrong there already; null: nobody does. */
  fixForward(): string | null;
}
