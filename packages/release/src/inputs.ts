import { createHash } from 'node:crypto';
import {
  canonicalJson,
  type Digest,
  digestOf,
  environmentsFile,
  type ServiceDeclaration,
  SoundBiteError,
  serviceFile,
  type UncommittedChange,
} from '@soundbite/model';
import { type CommittedPath, committedBelow, type Head, head, ignoredBelow, lastChange } from './git.ts';
import { inputInvalid } from './input-path.ts';
import { readService, refuseMissing, refuseMissingPrograms } from './service-file.ts';
import { blobName, readSourceFiles, type SourceFile } from './source-files.ts';

/** The two declarations, which each release is made of, too. */
const declarations = [environmentsFile, serviceFile];

/** Tests and prose lie beside the code and go into no release. */
const left = ['**/*.test.ts', '**/*.md', '**/node_modules/**'];

/** Where a release would come from: the commit is the last one that changed an input. */
export interface Inputs extends Head {
  /** Some input differs from the commit: `uncommitted` says which. */
  readonly dirty: boolean;
  readonly uncommitted: readonly UncommittedChange[];
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  /** Over all paths and bytes: equal inputs make an equal bundle and equal templates. */
  readonly digest: Digest;
}

/** The inputs with the bytes that were read, so that a release is made from what was compared with the commit. */
export interface ReadInputs extends Inputs {
  readonly service: ServiceDeclaration;
  readonly contents: ReadonlyMap<string, Buffer>;
}

/**
 * Reads all inputs of a working tree and compares their bytes with the commit's own tree, whatever index and filters say.
 * The service declares them (service.yaml): what lies elsewhere cannot change a release, the deliverer's code neither.
 * Errors: those of `head`; `input-invalid`, naming the path; `declaration-invalid`.
 */
export async function readInputs(source: string): Promise<ReadInputs> {
  const tip = await head(source);
  const { service, text } = await readService(source);
  const inputPaths = [...declarations, ...service.inputs];
  const [commit, committed, isIgnored] = await Promise.all([
    lastChange(source, tip, { paths: inputPaths, left }),
    committedBelow(source, tip.commit, inputPaths),
    ignoredBelow(source, inputPaths),
  ]);
  refuseSubmodules(committed);
  const read = await readSourceFiles(
    source,
    inputPaths,
    (path) => isInput(path) && (committed.has(path) || !isIgnored(path)),
  );
  const contents = new Map(read.map(({ path, bytes }) => [path, bytes]));
  if (contents.get(serviceFile)?.toString('utf8') !== text) throw sourceChanged(serviceFile);
  refuseForeignTargets(read);
  refuseMissing(service, [...committed.keys(), ...read.map(({ path }) => path)]);
  refuseMissingPrograms({ service, text }, [...contents.keys()]);
  const uncommitted = changesOf(committed, read);
  const files = read.map(({ path, bytes }) => ({ path, sha256: createHash('sha256').update(bytes).digest('hex') }));
  return {
    ...commit,
    service,
    dirty: uncommitted.length > 0,
    uncommitted,
    files,
    digest: digestOf(canonicalJson(files)),
    contents,
  };
}

/** Nobody knows what a release would be made of. */
export const sourceChanged = (path: string) =>
  new SoundBiteError('source-changed', `${path} changed while the release was cut`, { hint: 'cut again' });

/** Tells cheaply whether a cut would bring anything new: compare it with `provenance.inputs` of the last release. */
export async function inputsDigest(source: string): Promise<Digest> {
  return (await readInputs(source)).digest;
}

/** As `left` says it to git. */
function isInput(path: string): boolean {
  return !path.endsWith('.test.ts') && !path.endsWith('.md') && !path.split('/').includes('node_modules');
}

/** Files that are missing in the commit, differ, or exist only there. An executable bit is not a difference: nothing is run from the tree. */
function changesOf(committed: ReadonlyMap<string, CommittedPath>, read: readonly SourceFile[]): UncommittedChange[] {
  const present = new Set(read.map(({ path }) => path));
  const removed = [...committed.keys()].filter((path) => isInput(path) && !present.has(path));
  const changes = read.flatMap((file): UncommittedChange[] => {
    const known = committed.get(file.path);
    if (!known) return [{ path: file.path, change: 'added' }];
    return isAsCommitted(file, known) ? [] : [{ path: file.path, change: 'modified' }];
  });
  return [...changes, ...removed.map((path): UncommittedChange => ({ path, change: 'removed' }))].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
}

function isAsCommitted({ bytes, link }: SourceFile, { mode, object }: CommittedPath): boolean {
  const isLink = link !== null;
  return isLink === (mode === '120000') && blobName(isLink ? Buffer.from(link) : bytes, object) === object;
}

function refuseSubmodules(committed: ReadonlyMap<string, CommittedPath>): void {
  for (const [path, { mode }] of committed) {
    if (mode !== '160000' || !isInput(path)) continue;
    const hint = 'keep the files themselves in this repository: a release is made of the files of one commit';
    throw inputInvalid(path, 'is a submodule', hint);
  }
}

/** A link's bytes are those of its target: unless that is an input too, it would not be compared with the commit. */
function refuseForeignTargets(read: readonly SourceFile[]): void {
  const plain = new Set(read.filter(({ link }) => link === null).map(({ path }) => path));
  const foreign = read.find(({ target }) => target !== null && !plain.has(target));
  if (!foreign) return;
  const hint = 'put the file itself in its place';
  throw inputInvalid(foreign.path, `is a link to ${foreign.target}, which is not an input of a release`, hint);
}
