import type { ReleaseEvidence } from '@soundbite/model';
import { Digest } from '@soundbite/model/digest.ts';
import {
  EvidenceFact,
  EvidenceFormat,
  EvidenceKind,
  EvidenceUrl,
  EvidenceVerdict,
} from '@soundbite/model/release-evidence.ts';
import { z } from 'zod';

/** POST /v1/releases/:digest/evidence?kind=&format=&url=: the body is the file. */
export const EvidenceQuery = z.strictObject({
  kind: EvidenceKind.describe('what was looked at, in your words: tests, security, review'),
  format: EvidenceFormat.describe('the form of the file; when absent, the file says by itself what it is').optional(),
  url: EvidenceUrl.describe('where a person can see it').optional(),
});

export type EvidenceQuery = z.infer<typeof EvidenceQuery>;

/** GET /v1/evidence/:id?file= */
export const EvidenceShowQuery = z.strictObject({
  file: z.enum(['true', 'false']).describe('true: with the file').optional(),
});

/** `evidence add --json`: the file of a release, what it says, and who brought it. */
export const EvidenceView = z.object({
  id: z.string(),
  release: Digest,
  kind: z.string(),
  format: EvidenceFormat,
  verdict: EvidenceVerdict,
  /** What the verdict rests on: sums first, then what is wrong. */
  facts: z.array(EvidenceFact).readonly(),
  /** Of the file. */
  digest: Digest,
  bytes: z.int().min(0),
  url: z.string().nullable(),
  by: z.string(),
  /** When it was said last. */
  at: z.string(),
  /** Whether it is the newest of its kind: that one counts. */
  newest: z.boolean(),
  /** The file in base64, where it was asked for. */
  file: z.base64().optional(),
}) satisfies z.ZodType<ReleaseEvidence>;
export type EvidenceView = z.infer<typeof EvidenceView>;

/** GET /v1/releases/:digest/evidence */
export const EvidenceList = z.object({ evidence: z.array(EvidenceView) });
export type EvidenceList = z.infer<typeof EvidenceList>;
