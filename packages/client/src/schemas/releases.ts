import type { CutResult as ModelCutResult } from '@soundbite/model';
import { CiRun, CutLabels } from '@soundbite/model/cut-origin.ts';
import { Digest } from '@soundbite/model/digest.ts';
import { Block } from '@soundbite/model/flow/block.ts';
import { z } from 'zod';

/** POST /v1/releases; `source` is an absolute directory, the repository when absent. The rest is recorded beside the release. */
export const CutRequest = z.strictObject({
  source: z.string().startsWith('/', 'is not an absolute path').optional(),
  /** The run of a CI in which it is cut. */
  ci: CiRun.nullable().default(null),
  labels: CutLabels.default({}),
});
export type CutRequest = z.infer<typeof CutRequest>;

/** One input of a release that differs from the commit. */
const UncommittedChange = z.object({ path: z.string(), change: z.enum(['added', 'modified', 'removed']) });

/** What stands in the way, and what to do about it. */
const Problem = z.object({ code: z.string(), message: z.string(), hint: z.string() });

/**
 * A release in the store that homes share. `holds`: it is there; null: that is not known. `problem`: why it is not there although it should be, or why
 * that is not known.
 */
export const SharedCopy = z.object({
  address: z.string(),
  holds: z.boolean().nullable(),
  problem: Problem.nullable(),
});
export type SharedCopy = z.infer<typeof SharedCopy>;

/** `release cut --json`. `created` is false when the same release was there already. */
export const CutResult = z.object({
  release: Digest,
  path: z.string(),
  commit: z.string(),
  dirty: z.boolean(),
  /** The inputs that differ from the commit. */
  uncommitted: z.array(UncommittedChange).readonly(),
  created: z.boolean(),
  /** Null: homes share no releases. */
  shared: SharedCopy.nullable(),
}) satisfies z.ZodType<ModelCutResult>;
export type CutResult = z.infer<typeof CutResult>;

/** One release of `release list`; `environments` are those where it is live, `here` and `shared` say where it is kept. */
export const ReleaseSummary = z.object({
  release: Digest,
  commit: z.string(),
  committedAt: z.string(),
  dirty: z.boolean(),
  environments: z.array(z.string()),
  here: z.boolean(),
  /** Null: homes share no releases, or that is not known. */
  shared: z.boolean().nullable(),
  /** The environment that it was adopted in, and for which alone it is. Absent: it was cut. */
  adopted: z.string().optional(),
  /** It goes nowhere further; null: it may. */
  blocked: Block.nullable().default(null),
});
export type ReleaseSummary = z.infer<typeof ReleaseSummary>;

/** The store that homes share. `problem`: why it is not known, or not wholly, what is there. */
export const SharedStore = z.object({ address: z.string(), problem: Problem.nullable() });
export type SharedStore = z.infer<typeof SharedStore>;

/** GET /v1/releases: those of this home, newest cut first, then those that only the shared store has. `shared` is null where homes share none. */
export const ReleaseList = z.object({ releases: z.array(ReleaseSummary), shared: SharedStore.nullable() });
export type ReleaseList = z.infer<typeof ReleaseList>;

/** A program that a release brings for its own delivery. */
const ReleasedProgram = z.object({ command: z.array(z.string()), seconds: z.int() }).loose();

/** GET /v1/releases/:digest. `manifest` and `provenance` are the files' own documents (the model has their schemas). */
export const ReleaseView = z.object({
  release: Digest,
  /** Null: it is in the shared store only. */
  path: z.string().nullable(),
  shared: SharedCopy.nullable(),
  manifest: z
    .object({
      /** Releases of the first format know neither its name nor a smoke. */
      service: z.object({ name: z.string().optional() }).loose().optional(),
      smoke: ReleasedProgram.nullable().optional(),
      tests: ReleasedProgram.optional(),
      migration: ReleasedProgram.optional(),
      compatibility: ReleasedProgram.optional(),
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
      /** It was not cut: it is what these stacks held when they were adopted. */
      adopted: z.object({ account: z.string(), region: z.string(), stacks: z.array(z.string()) }).optional(),
    })
    .loose(),
  /** Environments where it is live. */
  live: z.array(z.string()),
  /** It goes nowhere further; null: it may. */
  blocked: Block.nullable().default(null),
  /** Where it was cut, newest first, as far as somebody said so: one of the same inputs may have been cut several times. */
  cuts: z
    .array(z.object({ at: z.string(), by: z.string(), ci: CiRun.nullable(), labels: z.record(z.string(), z.string()) }))
    .default([]),
});
export type ReleaseView = z.infer<typeof ReleaseView>;

/**
 * GET /v1/releases/:digest/components, by name, as its SBOM lists them; `license` and `purl` as the packages say them. Null: there is no list. `missing` says why: its
 * service is of no packages (none), or the release is in the shared store only (elsewhere).
 */
export const ComponentList = z.object({
  components: z
    .array(
      z.object({
        name: z.string(),
        version: z.string().nullable(),
        license: z.string().nullable(),
        purl: z.string().nullable(),
      }),
    )
    .readonly()
    .nullable(),
  missing: z.enum(['none', 'elsewhere']).nullable(),
});
export type ComponentList = z.infer<typeof ComponentList>;

/** A release's image for an environment, as it is on the engine. `altered`: `problem` says what is not the release's. */
const LookedAtImage = z.object({
  environment: z.string(),
  tag: z.string(),
  /** The image by its content; null: there is none, or it is altered. */
  id: z.string().nullable(),
  state: z.enum(['proven', 'altered', 'absent']),
  problem: Problem.nullable(),
});

/**
 * POST /v1/releases/:digest/verify; an altered release is the error `release-altered`. `ok`: neither is an image. `images` is null where the release brings nothing that runs
 * as processes, so there are none; with a `problem` they were not looked at.
 */
export const VerifyResult = z.object({
  release: Digest,
  ok: z.boolean(),
  files: z.int().min(1),
  images: z
    .object({ problem: Problem.nullable(), environments: z.array(LookedAtImage).readonly() })
    .nullable()
    .default(null),
});
export type VerifyResult = z.infer<typeof VerifyResult>;

/** POST /v1/releases/:digest/images. */
export const ImageRequest = z.strictObject({ environment: z.string() });
export type ImageRequest = z.infer<typeof ImageRequest>;

/** The image of a release for an environment, proven against the release. Digests are those of contents, sizes are in bytes, unpacked. */
export const ImageResult = z.object({
  release: Digest,
  environment: z.string(),
  tag: z.string(),
  id: z.string(),
  size: z.int(),
  /** The image that all environments of the release share, and its layer with the release's files. */
  application: z.object({ tag: z.string(), layer: z.string(), size: z.int() }),
  /** False: it was there, and was proven. */
  made: z.boolean(),
  /** What had its name and was something else. */
  putRight: z.array(z.string()).readonly(),
  /** The environment's as it is declared now; null: it is not declared. Only with `compose` anything runs of the image by itself. */
  runtime: z.enum(['process', 'compose', 'aws']).nullable(),
});
export type ImageResult = z.infer<typeof ImageResult>;

/** POST /v1/releases/:digest/push: where it is shared, and how many files were put now. */
export const PushResult = z.object({ release: Digest, address: z.string(), put: z.int().min(0) });
export type PushResult = z.infer<typeof PushResult>;

/** DELETE /v1/releases/:digest; one that is needed is the error `release-in-use`. A copy in the shared store stays. */
export const RemoveResult = z.object({ release: Digest, removed: z.literal(true), shared: SharedCopy.nullable() });
export type RemoveResult = z.infer<typeof RemoveResult>;
