import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  type CutResult,
  canonicalJson,
  type DeclaredProcess,
  digestOf,
  type Environment,
  type Manifest,
  type Provenance,
  parseDeclaration,
  problemText,
  type ReleasedProcesses,
  SoundBiteError,
  serviceFile,
} from '@soundbite/model';
import { bundleService } from './bundle.ts';
import { removeSealed } from './files.ts';
import { type Inputs, type ReadInputs, readInputs, sourceChanged } from './inputs.ts';
import { type Lockfile, readLockfile, refuseOtherTools, toolVersions } from './lockfile.ts';
import { filesIn } from './manifest-files.ts';
import { holdAgainstLock, type UsedModule } from './modules.ts';
import { releasedPrograms, takePrograms } from './program-files.ts';
import { holdAgainstPublished } from './published.ts';
import { recut } from './receive.ts';
import { refuseUnlisted, type Sbom, sbomOf } from './sbom.ts';
import { sbomBefore, sbomPath } from './sbom-before.ts';
import { takeSnapshot } from './snapshot.ts';
import { releaseStore } from './store.ts';
import { synthesise } from './synthesis.ts';
import { moveIn, sweepWorkplace, workplace } from './workplace.ts';
import { zipFiles } from './zip.ts';

export const cutSteps = ['inputs', 'bundle', 'sbom', 'packages', 'synthesis', 'seal'] as const;
export type CutStep = (typeof cutSteps)[number];

/** Progress of a cut; `seconds` when the step is done. */
export interface CutEvent {
  readonly step: CutStep;
  readonly state: 'started' | 'finished';
  readonly seconds?: number;
}

export interface CutOptions {
  /** A working tree of this repository, with its dependencies installed. */
  readonly source: string;
  /** The directory in which releases are kept. */
  readonly store: string;
  /** That of all environments, whatever is declared. */
  readonly runtime?: 'compose' | null;
  readonly emit?: (event: CutEvent) => void;
}

/**
 * Cuts a release: bundle, assemblies of all environments, settings, the service's smoke, SBOM, provenance and manifest, in a directory named by the
 * manifest's digest. It appears whole or not at all; the same source gives the same digest anywhere.
 * Errors (source user): `source-without-git`, `source-changed`, `declaration-invalid`, `dependencies-…`, `bundle-…`,
 * `synthesis-failed`, `sbom-failed`, `release-altered` (the store has it already, with other bytes).
 */
export async function cutRelease({
  source: given,
  store,
  runtime = null,
  emit = () => {},
}: CutOptions): Promise<CutResult> {
  const source = resolve(given);
  const timed = timer(emit);
  const inputs = await timed('inputs', () => readInputs(source));
  const environments = readEnvironments(inputs, runtime);
  const lockfile = await readLockfile(source);
  await refuseOtherTools(lockfile);
  const provenance: Provenance = {
    ...provenanceOf(inputs, await toolVersions(lockfile)),
    ...(runtime === null ? {} : { runtime }),
  };
  const present = await alreadyCut(store, provenance);
  if (present) return present;
  const before = await sbomBefore(releaseStore(store), provenance);
  const place = await workplace(store, 'cutting');
  const snapshot = resolve(await workplace(store, 'source'));
  try {
    await takeSnapshot(snapshot, source, inputs, lockfile);
    await sweepWorkplace(store);
    const codeSha256 = await fill({ place, source, snapshot, inputs, environments, lockfile, timed, before });
    await write(place, 'provenance.json', provenance);
    for (const { name, settings } of environments) await write(place, `settings/${name}.json`, settings);
    const contained = environments.filter(({ runtime }) => runtime === 'compose').map(({ name }) => name);
    // What runs as processes and as containers has the same files otherwise: where it runs is part of what is released, and is promoted as such.
    if (contained.length > 0) await write(place, 'containers.json', contained);
    await takePrograms(place, inputs);
    await refuseChange(source, inputs);
    return await timed('seal', () =>
      keep(place, store, inputs, { codeSha256, environments: environments.map(({ name }) => name) }),
    );
  } catch (error) {
    // Paths from the children are shown relative to the source.
    if (error instanceof Error) error.message = error.message.replaceAll(`${snapshot}/`, '');
    throw error;
  } finally {
    await Promise.all([removeSealed(place), rm(snapshot, { recursive: true, force: true })]);
  }
}

/** A release of exactly these inputs and tools would come out the same: it need not be made again. */
async function alreadyCut(store: string, provenance: Provenance): Promise<CutResult | null> {
  const wanted = canonicalJson(provenance);
  const same = (await releaseStore(store).list()).find((release) => canonicalJson(release.provenance) === wanted);
  if (!same) return null;
  const { digest, directory } = await releaseStore(store).verify(same.digest);
  await recut(directory);
  const { commit, dirty, uncommitted = [] } = provenance;
  return { release: digest, path: directory, commit, dirty, uncommitted, created: false };
}

type Timed = <T>(step: CutStep, act: () => Promise<T>) => Promise<T>;

function timer(emit: (event: CutEvent) => void): Timed {
  return async (step, act) => {
    const start = performance.now();
    emit({ step, state: 'started' });
    const result = await act();
    emit({ step, state: 'finished', seconds: (performance.now() - start) / 1000 });
    return result;
  };
}

interface Cutting {
  readonly place: string;
  readonly source: string;
  readonly snapshot: string;
  readonly inputs: ReadInputs;
  readonly environments: readonly Environment[];
  readonly lockfile: Lockfile;
  readonly timed: Timed;
  /** Of a release that was made of the same packages. */
  readonly before: Sbom | null;
}

/** Bundle, then synthesis; the SBOM meanwhile, and the proof of what was bundled. Answers the bundle's digest as Lambda will report it; null: there is none. */
async function fill(cutting: Cutting): Promise<string | null> {
  const { place, timed, inputs } = cutting;
  const stop = new AbortController();
  const bundling = inputs.service.process ? timed('bundle', () => bundle(cutting)) : Promise.resolve(null);
  const sbom = isOfPackages(cutting) ? timed('sbom', () => takeSbom(cutting, stop.signal)) : Promise.resolve(null);
  const making = [
    sbom.then((made) => made && writeFile(join(place, sbomPath), made.bytes)),
    bundling.then((made) => made && proveBundle(cutting, made, sbom, stop.signal)),
    bundling.then((made) => timed('synthesis', () => synthesiseProven(cutting, made && bundleIn(place), stop.signal))),
  ];
  try {
    await Promise.all(making);
  } catch (error) {
    // The directory is removed next: nothing may still write into it.
    stop.abort();
    await Promise.allSettled(making);
    throw error;
  }
  return (await bundling)?.codeSha256 ?? null;
}

const bundleIn = (place: string) => join(place, 'service.zip');

interface Bundle {
  readonly codeSha256: string;
  /** The modules in it, and the places of their packages. */
  readonly used: readonly UsedModule[];
  readonly places: readonly string[];
}

async function bundle({ source, snapshot, inputs, lockfile, place }: Cutting): Promise<Bundle> {
  const used: UsedModule[] = [];
  const { directory = '' } = inputs.service.process ?? {};
  const files = await bundleService({ source: snapshot, directory, onUse: (module) => used.push(module) }, inputs);
  const places = await holdAgainstLock(source, used, lockfile);
  const bytes = await zipFiles(files);
  await writeFile(bundleIn(place), bytes);
  return { codeSha256: createHash('sha256').update(bytes).digest('base64'), used, places };
}

/** What is bundled is what was published and what the SBOM lists. */
async function proveBundle(
  { source, lockfile, timed }: Cutting,
  { used, places }: Bundle,
  sbom: Promise<Sbom | null>,
  signal: AbortSignal,
): Promise<void> {
  const paths = used.map(({ path }) => path);
  const listed = sbom.then((made) => made && refuseUnlisted(places, lockfile, made));
  await Promise.all([listed, timed('packages', () => holdAgainstPublished(source, paths, lockfile, signal))]);
}

/** The lockfile is an input: what it fixes is in the release. */
const isOfPackages = ({ inputs }: Cutting) => inputs.contents.has('package-lock.json');

async function takeSbom({ before, snapshot, lockfile, inputs }: Cutting, signal: AbortSignal): Promise<Sbom> {
  const workspace = inputs.service.process?.directory ?? null;
  return before ?? (await sbomOf({ source: snapshot, name: inputs.service.name, lockfile, workspace }, signal));
}

async function synthesiseProven(
  { source, snapshot, inputs, environments, lockfile, place }: Cutting,
  serviceZip: string | null,
  signal: AbortSignal,
): Promise<void> {
  const used: UsedModule[] = [];
  const onUse = (module: UsedModule) => used.push(module);
  const outDir = join(place, 'assembly');
  const service = { service: inputs.service, text: textOf(inputs, serviceFile) };
  await synthesise({ source: snapshot, environments, outDir, service, serviceZip, onUse }, signal);
  await holdAgainstLock(source, used, lockfile);
}

const textOf = ({ contents }: Pick<ReadInputs, 'contents'>, file: string): string =>
  contents.get(file)?.toString('utf8') ?? '';

/** The environments as this source declares them; overrides concern the cloud and are not read. */
function readEnvironments({ contents }: ReadInputs, runtime: 'compose' | null): readonly Environment[] {
  const parsed = parseDeclaration((file) => contents.get(file)?.toString('utf8'), { runtime });
  if (parsed.ok) return parsed.declaration.environments;
  throw new SoundBiteError('declaration-invalid', parsed.problems.map(problemText).join('\n'), {
    hint: 'fix the lines named',
  });
}

function provenanceOf(inputs: Inputs, tools: Record<string, string>): Provenance {
  const { commit, committedAt, dirty, uncommitted, digest, files } = inputs;
  return { commit, committedAt, dirty, uncommitted: [...uncommitted], inputs: digest, files: [...files], tools };
}

async function write(place: string, path: string, value: unknown): Promise<void> {
  const file = join(place, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, canonicalJson(value));
}

/** If a file was edited meanwhile, it is unknown what was bundled. Errors: `source-changed`. */
export async function refuseChange(source: string, inputs: Inputs): Promise<void> {
  const now = await readInputs(source);
  if (now.digest === inputs.digest && now.commit === inputs.commit && now.dirty === inputs.dirty) return;
  const before = new Map(inputs.files.map(({ path, sha256 }) => [path, sha256]));
  const changed = now.files.find(({ path, sha256 }) => before.get(path) !== sha256)?.path ?? 'the commit';
  throw sourceChanged(changed);
}

/** Where their source was is of no use to a release. */
function releasedProcesses({ directory: _, ...processes }: DeclaredProcess): ReleasedProcesses {
  return processes;
}

/** Names the release by its manifest and moves it in; another cut of the same release may have been quicker. */
async function keep(
  place: string,
  store: string,
  inputs: ReadInputs,
  about: { readonly codeSha256: string | null; readonly environments: string[] },
): Promise<CutResult> {
  const { service } = inputs;
  const manifest: Manifest = {
    format: 'soundbite.release/2',
    service: {
      name: service.name,
      ...(about.codeSha256 === null ? {} : { path: 'service.zip', codeSha256: about.codeSha256 }),
    },
    ...releasedPrograms(service),
    ...(service.process ? { processes: releasedProcesses(service.process) } : {}),
    environments: about.environments,
    files: await filesIn(place),
  };
  const text = canonicalJson(manifest);
  await writeFile(join(place, 'manifest.json'), text);
  const release = digestOf(text);
  const path = join(resolve(store), release.slice('sha256:'.length));
  const created = await moveIn(place, path);
  if (!created)
    await releaseStore(store)
      .verify(release)
      .then(({ directory }) => recut(directory));
  const { commit, dirty, uncommitted } = inputs;
  return { release, path, commit, dirty, uncommitted, created };
}
