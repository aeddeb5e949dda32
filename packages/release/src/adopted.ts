import { createHash } from 'node:crypto';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  asApp,
  type CutResult,
  canonicalJson,
  coverDirectory,
  coverTemplate,
  declaredStacks,
  digestOf,
  type Environment,
  type LiveStack,
  liveFile,
  type Manifest,
  type Provenance,
  serviceFile,
} from '@soundbite/model';
import { asRecord, type Json } from '@soundbite/model/template.ts';
import { writeCoverAssembly, writeLiveAssembly } from './adopted-assembly.ts';
import { deliverStacks } from './delivered-stack.ts';
import { removeSealed } from './files.ts';
import { type ReadInputs, readInputs } from './inputs.ts';
import { filesIn } from './manifest-files.ts';
import { notCutHere } from './receive.ts';
import { readDeliverable } from './undeliverable.ts';
import { moveIn, sweepWorkplace, workplace } from './workplace.ts';

/** What stands in an environment, and the declarations by which it is to be delivered. */
export interface Adoption {
  /** A working tree with the declarations. */
  readonly source: string;
  readonly store: string;
  readonly environment: Environment;
  readonly account: string;
  readonly region: string;
  readonly stacks: readonly LiveStack[];
}

/**
 * Seals what stands in an environment as a release for it alone: the deployed templates with what a promotion needs, and the deployed code. It brings no smoke: it serves already.
 * The same stacks and declarations give the same release. Errors: `declaration-invalid`, `assembly-undeliverable`, those of `readInputs`.
 */
export async function sealAdopted(adoption: Adoption): Promise<CutResult> {
  const inputs = await readInputs(resolve(adoption.source));
  const { store, environment } = adoption;
  const place = await workplace(store, 'cutting');
  try {
    await sweepWorkplace(store);
    const directory = join(place, 'assembly', environment.name);
    await assemble(directory, adoption, inputs);
    await write(place, 'provenance.json', provenanceOf(adoption, inputs));
    await mkdir(join(place, 'settings'));
    await write(place, `settings/${environment.name}.json`, environment.settings);
    return await keep(place, adoption, inputs);
  } finally {
    await removeSealed(place);
  }
}

async function assemble(
  directory: string,
  { environment, stacks: live }: Adoption,
  { service, contents }: ReadInputs,
): Promise<void> {
  const { name } = environment;
  const declared = declaredStacks(service, name);
  const named = live.map((stack) => ({
    ...stack,
    template: asApp(asRecord(stack.template)),
    app: declared?.find((one) => one.name === stack.name)?.stack ?? stack.name,
  }));
  await writeLiveAssembly(directory, name, named);
  const assembly = await readDeliverable(directory, name, service);
  const text = contents.get(serviceFile)?.toString('utf8') ?? '';
  await deliverStacks({ directory, assembly, environment, service, text });
  const covers = new Map<string, Json>();
  for (const { name: stack, template } of live) {
    const delivered = asRecord(JSON.parse(await readFile(join(directory, `${stack}.template.json`), 'utf8')));
    covers.set(stack, coverTemplate(template, delivered));
  }
  const cover = join(directory, coverDirectory);
  await writeCoverAssembly(directory, cover, name, covers);
  for (const { name: stack, template } of live) await write(cover, liveFile(stack), template);
}

function provenanceOf({ account, region, stacks }: Adoption, inputs: ReadInputs): Provenance {
  const { commit, committedAt, dirty, uncommitted } = inputs;
  const files = stacks.flatMap(({ name, template, code }) => [
    { path: `${name}.template.json`, sha256: sha256(canonicalJson(template)) },
    ...[...code].map(([path, bytes]) => ({ path, sha256: sha256(bytes) })),
  ]);
  const adopted = { account, region, stacks: stacks.map(({ name }) => name) };
  const digest = digestOf(canonicalJson({ files, adopted }));
  return { commit, committedAt, dirty, uncommitted: [...uncommitted], inputs: digest, files, tools: {}, adopted };
}

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const write = (directory: string, path: string, value: unknown) =>
  writeFile(join(directory, path), canonicalJson(value));

/** Names the release by its manifest and moves it in. It is older than any that was cut: the newest release is one of the source. */
async function keep(place: string, { store, environment }: Adoption, inputs: ReadInputs): Promise<CutResult> {
  const manifest: Manifest = {
    format: 'soundbite.release/2',
    service: { name: inputs.service.name },
    smoke: null,
    environments: [environment.name],
    files: await filesIn(place),
  };
  const text = canonicalJson(manifest);
  await writeFile(join(place, 'manifest.json'), text);
  await utimes(join(place, 'manifest.json'), notCutHere, notCutHere);
  const release = digestOf(text);
  const path = join(resolve(store), release.slice('sha256:'.length));
  const created = await moveIn(place, path);
  const { commit, dirty, uncommitted } = inputs;
  return { release, path, commit, dirty, uncommitted, created };
}
