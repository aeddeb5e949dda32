import { z } from 'zod';
import type { Digest } from './digest.ts';

/** The forms of a file that is evidence of a release: ours, JUnit's XML, SARIF 2.1.0. */
export const EvidenceFormat = z.enum(['json', 'junit', 'sarif']);
export type EvidenceFormat = z.infer<typeof EvidenceFormat>;

/** What a file says of a release. There is nothing between: one that does not say that it passes does not pass. */
export const EvidenceVerdict = z.enum(['pass', 'fail']);
export type EvidenceVerdict = z.infer<typeof EvidenceVerdict>;

/** How a team calls what was looked at: `tests`, `security`, `review`, … */
export const EvidenceKind = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,62}$/,
    'is not a kind of evidence; use small letters, digits and hyphens, 63 at most, with a letter first',
  );

/** Where a person can see it: a page of the CI, of a scanner. */
export const EvidenceUrl = z.url({ protocol: /^https?$/, error: 'is not an http or https URL' }).max(2000);

/** Largest file of evidence, in bytes. */
export const maxEvidenceBytes = 8 * 1024 * 1024;

/** One thing that evidence says. */
export const EvidenceFact = z.strictObject({
  name: z.string().min(1).max(500),
  ok: z.boolean(),
  detail: z.string().max(4000).default(''),
});
export type EvidenceFact = z.infer<typeof EvidenceFact>;

/** The plain form: a verdict, and what it rests on. */
export const PlainEvidence = z.strictObject({ verdict: EvidenceVerdict, facts: z.array(EvidenceFact).max(1000) });

/** What was read of a file. */
export interface EvidenceReading {
  readonly format: EvidenceFormat;
  readonly verdict: EvidenceVerdict;
  readonly facts: readonly EvidenceFact[];
}

/** Nobody looked: a verdict needs something that it rests on. */
export const nothingSeen = (what: string, beside = ''): EvidenceFact => ({
  name: what,
  ok: false,
  detail: `there are no ${what} in it${beside}, so nothing is known`,
});

/** Evidence of a release as it is recorded; the file is kept beside it. */
export interface ReleaseEvidence extends EvidenceReading {
  readonly id: string;
  readonly release: Digest;
  readonly kind: string;
  /** Of the file's bytes. */
  readonly digest: Digest;
  readonly bytes: number;
  readonly url: string | null;
  readonly by: string;
  /** When it was said last; ISO 8601. */
  readonly at: string;
  /** It is the newest of its kind, whoever brought it. */
  readonly newest: boolean;
}

/** What a gate asks of evidence. */
export type NewestEvidence = Pick<ReleaseEvidence, 'id' | 'verdict' | 'at' | 'by' | 'digest'>;

/** Where gates find evidence of releases. */
export interface EvidenceRecords {
  /**
   * The newest of a kind, whatever it says: a later *fail* counts, and so does a later *pass*. `by`: of all that these brought; absent: anybody. Null: there
   * is none.
   */
  newestEvidence(release: Digest, kind: string, by?: readonly string[]): Promise<NewestEvidence | null>;
}
