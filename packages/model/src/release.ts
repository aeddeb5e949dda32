import { z } from 'zod';
import { Digest } from './digest.ts';
import { type OptionalProgram, optionalPrograms, type ProgramCopy, type ProgramKind } from './program-copy.ts';
import { ReleasedProcesses } from './service-declaration/process.ts';
import { DeliveryProgram, MigrationProgram } from './service-declaration/shape.ts';

/** A file of a release: path with forward slashes, relative to the release's directory. */
const ReleasedFile = z.strictObject({
  path: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().min(0),
});

/** The processes' bundle: its path, and its digest as AWS Lambda reports it (CodeSha256: base64 of SHA-256 of the zip). */
const bundle = { path: z.literal('service.zip'), codeSha256: z.string() };
const contents = { environments: z.array(z.string()), files: z.array(ReleasedFile).min(1) };

/**
 * manifest.json: every file of a release but itself. The release's name is the SHA-256 of this file's bytes, which are canonical JSON.
 * Layout of the directory: `service.zip` (the bundle, deterministic), `assembly/<environment>/` (a CDK cloud assembly), `settings/<environment>.json`,
 * `smoke/`, `tests/`, `compatibility/`, `migration/` (the service's own programs), `sbom.cdx.json`, `provenance.json`, `manifest.json`. A release of the first format knows neither its service's name nor a smoke.
 */
export const Manifest = z.discriminatedUnion('format', [
  z.strictObject({ format: z.literal('soundbite.release/1'), service: z.strictObject(bundle), ...contents }),
  z.strictObject({
    format: z.literal('soundbite.release/2'),
    /** Without `path`: the service brings nothing that runs as processes. */
    service: z.strictObject({
      name: z.string(),
      path: bundle.path.optional(),
      codeSha256: bundle.codeSha256.optional(),
    }),
    /** Null: the service brings none. `directory` is in the release. */
    smoke: DeliveryProgram.nullable(),
    /** Absent: the service brings none, and the manifest is the one that it was before these could be declared. */
    tests: DeliveryProgram.optional(),
    compatibility: DeliveryProgram.optional(),
    migration: MigrationProgram.optional(),
    /** What runs as processes. Absent: nothing does, or the release is of before (`processesOf`). */
    processes: ReleasedProcesses.optional(),
    ...contents,
  }),
]);
export type Manifest = z.infer<typeof Manifest>;

/** The name of a release's service. Those of the first format do not say it: they were all of one service. */
export const releasedService = (manifest: Manifest): string =>
  manifest.format === 'soundbite.release/1' ? 'soundbite' : manifest.service.name;

/** The programs of a release that its plans name. */
export const broughtPrograms = (manifest: Manifest): readonly OptionalProgram[] =>
  manifest.format === 'soundbite.release/1' ? [] : optionalPrograms.filter((kind) => manifest[kind] !== undefined);

/** Whether a release brings a program. */
export const bringsProgram = (manifest: Manifest, kind: ProgramKind): boolean =>
  manifest.format !== 'soundbite.release/1' && Boolean(manifest[kind]);

/** One input that differs from the commit. */
export const UncommittedChange = z.strictObject({ path: z.string(), change: z.enum(['added', 'modified', 'removed']) });
export type UncommittedChange = z.infer<typeof UncommittedChange>;

/** provenance.json: where a release came from. No clock: times are the commit's. */
export const Provenance = z.strictObject({
  /** 40 hex digits; 64 in a repository of SHA-256. */
  commit: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/),
  committedAt: z.iso.datetime({ offset: true }),
  /** Some input differs from the commit. */
  dirty: z.boolean(),
  /** Which ones; releases of before do not say it. */
  uncommitted: z.array(UncommittedChange).optional(),
  /** Digest over every input file's path and bytes: the same inputs make the same release. */
  inputs: Digest,
  files: z.array(z.strictObject({ path: z.string(), sha256: z.string() })),
  /** It was cut for a home whose environments all have this runtime, whatever is declared. */
  runtime: z.literal('compose').optional(),
  tools: z.record(z.string(), z.string()),
  /** It was not cut: it is what stood in this account when its stacks were adopted. Commit and inputs are those of the declarations; `files` are the templates and the code. */
  adopted: z.strictObject({ account: z.string(), region: z.string(), stacks: z.array(z.string()) }).optional(),
});
export type Provenance = z.infer<typeof Provenance>;

/** A release in the store, verified or not. */
export interface Release {
  readonly digest: Digest;
  readonly directory: string;
  readonly manifest: Manifest;
  readonly provenance: Provenance;
}

/** The result of a cut. `created` is false if the same release already existed. */
export interface CutResult {
  readonly release: Digest;
  readonly path: string;
  readonly commit: string;
  readonly dirty: boolean;
  /** The inputs that differ from the commit; empty when it is clean. */
  readonly uncommitted: readonly UncommittedChange[];
  readonly created: boolean;
}

/** A release's own description. */
export type ReleaseDocuments = Pick<Release, 'manifest' | 'provenance'>;

/**
 * Releases in a place that homes share. One is there whole or not at all, and what is there is never overwritten.
 * Errors of all: `release-store-down`, `release-store-refused`, `release-store-unusable`, and `release-copy-altered` (names the object): none of them says
 * anything about a release.
 */
export interface SharedReleases {
  /** For people: `s3://bucket/prefix`. */
  readonly address: string;
  /** Where a release is or would be there, for people. */
  addressOf(digest: Digest): string;
  /** Last put first. */
  list(): Promise<readonly Digest[]>;
  has(digest: Digest): Promise<boolean>;
  /** Proven by the digest; the other files are not looked at. Errors: `release-unknown`. */
  documents(digest: Digest): Promise<ReleaseDocuments>;
  /** Puts what is missing of a verified release, and holds what is there against it; gives the number of files put. */
  push(release: Release): Promise<number>;
  /** Fills an empty directory with a release, unproven but for its manifest. Errors: `release-unknown`. */
  fetch(digest: Digest, directory: string): Promise<void>;
  /** Whether this home may list, read and write there. */
  check(): Promise<void>;
}

/**
 * Where releases are kept (`.soundbite/releases/<64 hex>`). One that is missing there is fetched from the store that homes share, where there is one,
 * whatever is asked of it but to list or remove it. Errors: `release-unknown`, `release-altered` (names the file), those of SharedReleases.
 */
export interface ReleaseStore {
  /** Those kept here, newest cut first. Directories that are not releases are left out. */
  list(): Promise<readonly Release[]>;
  get(digest: Digest): Promise<Release>;
  /** Recomputes every digest; throws `release-altered` (source user) naming the first file altered, added or missing. */
  verify(digest: Digest): Promise<Release>;
  /** Verifies, then copies one environment's assembly and the bundle into a scratch directory that the caller removes. The copies are proven too: what is deployed is what was cut, whatever happens in the store meanwhile. */
  scratch(digest: Digest, environment: string): Promise<{ readonly directory: string; remove(): Promise<void> }>;
  /** Copies a program that the release brings for one run; the copies are proven. Null: it brings none. Errors: `release-altered`, too. */
  program(digest: Digest, kind: ProgramKind): Promise<ProgramCopy | null>;
  /** Takes a release out of the store, whatever is left of it. Whether somebody needs it is the caller's to know. Errors: `release-unknown`. */
  remove(digest: Digest): Promise<void>;
}
