import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Assembly, type AssemblyStack, SoundBiteError } from '@soundbite/model';
import { readTemplate } from '@soundbite/model/template.ts';
import { codeBytesOf } from './assembly-code.ts';
import { type Metadata, placesOf } from './assembly-places.ts';

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly displayName?: string;
  readonly metadata?: Metadata;
  readonly additionalMetadataFile?: string;
  readonly properties?: {
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly directoryName?: string;
    readonly file?: string;
  };
}

interface Manifest {
  readonly artifacts?: Readonly<Record<string, Artifact>>;
  readonly missing?: readonly { readonly key: string }[];
}

/**
 * Reads a cloud assembly with the assemblies of its stages. `directory` is as people gave it, and files are named by it; sources are told relative to
 * `cwd`. Errors: `assembly-missing`, `assembly-unreadable`.
 */
export async function readAssembly(directory: string, cwd: string): Promise<Assembly> {
  await refuseMissing(directory, cwd);
  const { artifacts = {}, missing = [] } = await json<Manifest>(directory, 'manifest.json', cwd);
  const all = Object.entries(artifacts);
  const nested = await Promise.all(
    all
      .filter(([, { type, properties }]) => type === 'cdk:cloud-assembly' && properties?.directoryName)
      .map(([, { properties }]) => readAssembly(join(directory, properties?.directoryName ?? ''), cwd)),
  );
  const stacks = await Promise.all(
    all
      .filter(([, { type }]) => type === 'aws:cloudformation:stack')
      .map(([id, artifact]) => readStack(directory, id, artifact, cwd)),
  );
  return {
    stacks: [...stacks, ...nested.flatMap((one) => one.stacks)],
    lookups: [...new Set([...missing.map(({ key }) => key), ...nested.flatMap((one) => one.lookups)])],
  };
}

async function refuseMissing(directory: string, cwd: string): Promise<void> {
  const manifest = resolve(cwd, directory, 'manifest.json');
  if (await stat(manifest).catch(() => null)) return;
  throw new SoundBiteError('assembly-missing', `there is no cloud assembly in ${directory}: it has no manifest.json`, {
    hint: 'npx cdk synth, then name its output: soundbite inspect cdk.out',
  });
}

async function readStack(
  directory: string,
  id: string,
  { environment = '', displayName, metadata, additionalMetadataFile, properties = {} }: Artifact,
  cwd: string,
): Promise<AssemblyStack> {
  const file = join(directory, properties.templateFile ?? `${id}.template.json`);
  const text = await read(file, cwd);
  const template = readTemplate(parsed(file, text));
  const more = additionalMetadataFile ? await json<Metadata>(directory, additionalMetadataFile, cwd) : {};
  const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(environment) ?? [];
  return {
    name: displayName ?? properties.stackName ?? id,
    file,
    account: account && /^\d{12}$/.test(account) ? account : null,
    region: region && region !== 'unknown-region' ? region : null,
    template,
    places: placesOf({ text, template, metadata: { ...metadata, ...more }, cwd }),
    codeBytes: await codeBytesOf(resolve(cwd, directory), id, template),
  };
}

async function json<T>(directory: string, name: string, cwd: string): Promise<T> {
  const file = join(directory, name);
  return parsed(file, await read(file, cwd)) as T;
}

const read = (file: string, cwd: string): Promise<string> =>
  readFile(resolve(cwd, file), 'utf8').catch((cause: Error) => {
    throw unreadable(file, cause);
  });

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(file, cause as Error);
  }
}

const unreadable = (file: string, cause: Error) =>
  new SoundBiteError('assembly-unreadable', `${file} cannot be read: ${cause.message}`, {
    hint: 'synthesise it again: npx cdk synth',
    path: file,
    cause,
  });
