import { Digest } from '@soundbite/model/digest.ts';
import { z } from 'zod';

/** POST /v1/releases; `source` is an absolute directory, the repository when absent. */
export const CutRequest = z.strictObject({ source: z.string().startsWith('/', 'is not an absolute path').optional() });
export type CutRequest = z.infer<typeof CutRequest>;

/** One input of a release that differs from the commit. */
const UncommittedChange = z.object({ path: z.string(), change: z.enum(['added', 'modified', 'removed']) });

/** `release cut --json`. `created` is false when the same release was there already. */
export const CutResult = z.object({
  release: Digest,
  path: z.string(),
  commit: z.string(),
  dirty: z.boolean(),
  /** The inputs that differ from the commit. */
  uncommitted: z.array(UncommittedChange).readonly(),
  created: z.boolean(),
});
export type CutResult = z.infer<typeof CutResult>;

/** One release of `release list`; `environments` are those where it is live. */
export const ReleaseSummary = z.object({
  release: Digest,
  commit: z.string(),
  committedAt: z.string(),
  dirty: z.boolean(),
  environments: z.array(z.string()),
});
export type ReleaseSummary = z.infer<typeof ReleaseSummary>;

/** GET /v1/releases, newest cut first. */
export const ReleaseList = z.object({ releases: z.array(ReleaseSummary) });
export type ReleaseList = z.infer<typeof ReleaseList>;

/** GET /v1/releases/:digest. `manifest` and `provenance` are the files' own documents (the model has their schemas). */
export const ReleaseView = z.object({
  release: Digest,
  path: z.string(),
  manifest: z
    .object({
      environments: z.array(z.string()),
      files: z.array(z.object({ path: z.string(), sha256: z.string(), bytes: z.int() })),
    })
    .loose(),
  provenance: z
    .object({
      commit: z.string(),
      committedAt: z.string(),
      dirty: z.boolean(),
      /** Releases of before do not say it. */
      uncommitted: z.array(UncommittedChange).optional(),
      inputs: Digest,
      tools: z.record(z.string(), z.string()),
    })
    .loose(),
  /** Environments where it is live. */
  live: z.array(z.string()),
});
export type ReleaseView = z.infer<typeof ReleaseView>;

/** POST /v1/releases/:digest/verify; an altered release is the error `release-altered`. */
export const VerifyResult = z.object({ release: Digest, ok: z.literal(true), files: z.int().min(1) });
export type VerifyResult = z.infer<typeof VerifyResult>;

/** DELETE /v1/releases/:digest; one that is needed is the error `release-in-use`. */
export const RemoveResult = z.object({ release: Digest, removed: z.literal(true) });
export type RemoveResult = z.infer<typeof RemoveResult>;
