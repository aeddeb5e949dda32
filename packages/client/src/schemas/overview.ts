import { Digest } from '@soundbite/model/digest.ts';
import { Block } from '@soundbite/model/flow/block.ts';
import { Role } from '@soundbite/model/people/roles.ts';
import { z } from 'zod';
import { CutFrom } from './cut-from.ts';
import { CloudView } from './environments.ts';
import { PromotionView } from './promotions.ts';
import { Why } from './tracking.ts';
import { Name, Time, WholeNumber } from './words.ts';

/** A promotion, and from what its release was cut; null: this home does not have it. */
const PlacePromotion = PromotionView.extend({ cut: CutFrom.nullable().default(null) });

/** An environment by the records alone. */
export const OverviewPlace = z.object({
  environment: Name,
  /** False: it is on record, and declared no more. */
  declared: z.boolean(),
  runtime: z.string(),
  cloud: CloudView.omit({ endpoint: true }),
  why: Why,
  /** Of what is live. Null: nothing is, or this home does not have the release. */
  cut: CutFrom.nullable(),
  /** Commits that the environment before has and this one has not. Null: there is none before it, one of both is empty, or the history cannot say. */
  behind: z.int().min(0).nullable(),
  /** Commits that this one has and the environment before has not. Null: as `behind`. */
  ahead: z.int().min(0).nullable().default(null),
  /** Who has it for the moment, beside promotions: a dev session. */
  holder: z.string().nullable(),
  /** The promotion that is under way there, with its steps. */
  running: PlacePromotion.nullable(),
  /** The last promotion that ended there, if it did not succeed. */
  failed: PlacePromotion.nullable(),
});
export type OverviewPlace = z.infer<typeof OverviewPlace>;

const At = Time.describe('as it was then; as it is now when absent').optional();

/** GET /v1/overview?at= */
export const OverviewQuery = z.strictObject({ at: At });
export type OverviewQuery = z.infer<typeof OverviewQuery>;

/** Null: it is as it is now. */
const SeenAt = Time.nullable();

/**
 * GET /v1/overview: all environments that are declared today, in order, and others that stand; by the records alone, nothing is looked at. Of the past each
 * change says how its subject was from then on: promotions, what was live and by whose decision, freezes, holds, blocks, taints, sessions, evidence.
 */
export const Overview = z.object({ at: SeenAt, environments: z.array(OverviewPlace) });
export type Overview = z.infer<typeof Overview>;

/** GET /v1/matrix?limit=&after=&release=&at= */
export const MatrixQuery = z.strictObject({
  limit: WholeNumber(1, 200).describe('at most so many releases').default(50),
  after: Digest.describe('those that are listed behind this release; from the newest when absent').optional(),
  release: Digest.describe('this release alone').optional(),
  at: At,
});
export type MatrixQuery = z.infer<typeof MatrixQuery>;

/** What became of a release in an environment. was-live: it was, and another one is, or nothing; else how its last promotion there stands, or ended. */
export const MatrixCell = z.object({
  environment: Name,
  state: z.enum(['live', 'was-live', 'waiting', 'running', 'failed', 'errored', 'aborted']),
  promotion: z.string(),
  /** When that was asked for, or ended. */
  at: Time,
  reason: z.string().nullable(),
});
export type MatrixCell = z.infer<typeof MatrixCell>;

/** Where a release may enter that was never live there and is not on its way, as far as records tell; `waits`: something keeps it out for now. */
export const MatrixEntry = z.object({ environment: Name, is: z.enum(['may', 'waits']), why: z.string() });
export type MatrixEntry = z.infer<typeof MatrixEntry>;

/** GET /v1/matrix: releases, as they are listed, and what became of each in each environment; by the records alone. Cells are in the order of environments; one that is not there: it was never tried there. Of the past, those whose commits were there. */
export const Matrix = z.object({
  at: SeenAt,
  environments: z.array(Name),
  releases: z.array(
    z.object({
      ...{ release: Digest, cut: CutFrom.nullable(), blocked: Block.nullable() },
      /** Where it is live, also where nothing is on record of how it came there. */
      live: z.array(Name).default([]),
      cells: z.array(MatrixCell),
      entries: z.array(MatrixEntry).default([]),
    }),
  ),
  /** There are more behind these. */
  more: z.boolean(),
});
export type Matrix = z.infer<typeof Matrix>;

/** GET /v1/me: whom the request is from, and what that person or program may do. */
export const AskerView = z.object({
  /** As records name it. */
  name: Name,
  person: z.string().nullable(),
  role: Role,
  /** Where the role holds; empty: everywhere. */
  environments: z.array(Name),
});
export type AskerView = z.infer<typeof AskerView>;
