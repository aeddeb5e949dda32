import { z } from 'zod';
import { Digest } from '../digest.ts';
import { SoundBiteError } from '../errors.ts';
import type { Difference } from '../gates/entry-evidence.ts';
import type { Entering } from './hold.ts';
import { minuteText } from './minute-text.ts';

/** drift: a promotion's look found differences. dev: a session served the working tree. */
const TaintWhy = z.enum(['drift', 'dev']);

/** How a taint ended: a promotion brought back what was released, somebody accepted it, or the environment was emptied. */
const TaintEnd = z.enum(['reconciled', 'accepted', 'emptied']);
export type TaintEnd = z.infer<typeof TaintEnd>;

/** An environment was changed outside of promotions: what is live there goes on to the next one only after that has ended. */
export const Taint = z.object({
  id: z.string(),
  environment: z.string(),
  why: TaintWhy,
  /** What was found, each with where it is; of a session its name. */
  findings: z.array(z.string()),
  /** When it was found, or the session began (ISO 8601). */
  since: z.string(),
  /** What was live there then. */
  release: Digest,
  /** Who accepted it, or promoted what reconciled it; null: it has not ended. */
  by: z.string().nullable(),
  /** When it ended (ISO 8601), and how. */
  ended: z.string().nullable(),
  endedAs: TaintEnd.nullable(),
  /** Why it was accepted. */
  reason: z.string().nullable(),
  /** The promotion that reconciled it. */
  promotion: z.string().nullable(),
});
export type Taint = z.infer<typeof Taint>;

/** The environment before one: what is live there, and its taints that are open or accepted. */
export interface FedFrom {
  readonly live: Digest | null;
  readonly taints: readonly Taint[];
}

/** Those that keep something out: of the environment from which it comes. What did not come from there, or is live here already, they say nothing of. */
export const taintsOn = (before: FedFrom | null, { release, isLiveHere }: Entering): readonly Taint[] =>
  before !== null && before.live === release && !isLiveHere ? before.taints.filter(({ ended }) => ended === null) : [];

/** `settings: somebody changed JobsQueue (VisibilityTimeout is 1, not 180)` */
export const findingsOf = (differences: readonly Difference[]): readonly string[] =>
  differences.map(({ where, detail }) => `${where}: ${detail}`);

/** What of this no taint says yet, open or accepted. Of sessions one open taint says it all, until somebody accepts that. */
export function findingsToRaise(
  why: Taint['why'],
  found: readonly string[],
  taints: readonly Taint[],
): readonly string[] {
  if (why === 'dev' && taints.some((one) => one.why === why && one.ended === null)) return [];
  const known = new Set(taints.flatMap(({ findings }) => findings));
  return found.filter((one) => !known.has(one));
}

/** Nobody accepts what is still to come: `holder` goes on changing the environment. */
export const goesOnChanging = (environment: string, holder: string): SoundBiteError =>
  new SoundBiteError('environment-busy', `${holder} is changing ${environment}`, { hint: 'end that session first' });

/** `staging was changed outside of promotions (settings: …), as was found at 2026-12-01 08:00 UTC; soundbite repair staging, or …` */
export function taintText({ environment, why, findings, since }: Taint): string {
  const what =
    why === 'dev'
      ? `served the working tree (${findings.join(', ')}) from ${minuteText(since)} on`
      : `was changed outside of promotions (${findings.join('; ')}), as was found at ${minuteText(since)}`;
  return `${environment} ${what}; soundbite repair ${environment}, or soundbite taint accept ${environment} --reason "why"`;
}
