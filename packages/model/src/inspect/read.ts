import { SoundBiteError } from '../errors.ts';
import { readTemplate } from '../template.ts';
import type { Assembly, AssemblyStack } from './assembly.ts';
import { codeBytesOf } from './code-bytes.ts';
import type { AssemblyFiles } from './files.ts';
import { type Metadata, placesOf } from './places.ts';

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
 * Reads a cloud assembly with the assemblies of its stages. `directory` is where one lies in another: '' or `assembly-Stage/`.
 * Errors: `assembly-missing`, `assembly-unreadable`.
 */
export async function readAssembly(files: AssemblyFiles, directory = ''): Promise<Assembly> {
  if ((await files.text(`${directory}manifest.json`)) === null) throw missingAssembly(files.shown(directory));
  const { artifacts = {}, missing = [] } = await json<Manifest>(files, `${directory}manifest.json`);
  const all = Object.entries(artifacts);
  const nested = await Promise.all(
    all
      .filter(([, { type, properties }]) => type === 'cdk:cloud-assembly' && properties?.directoryName)
      .map(([, { properties }]) => readAssembly(files, `${directory}${properties?.directoryName}/`)),
  );
  const stacks = await Promise.all(
    all
      .filter(([, { type }]) => type === 'aws:cloudformation:stack')
      .map(([id, artifact]) => readStack(files, directory, [id, artifact])),
  );
  return {
    stacks: [...stacks, ...nested.flatMap((one) => one.stacks)],
    lookups: [...new Set([...missing.map(({ key }) => key), ...nested.flatMap((one) => one.lookups)])],
  };
}

const missingAssembly = (directory: string) =>
  new SoundBiteError('assembly-missing', `there is no cloud assembly in ${directory}: it has no manifest.json`, {
    hint: 'npx cdk synth, then name its output: soundbite inspect cdk.out',
  });

async function readStack(
  files: AssemblyFiles,
  directory: string,
  [id, artifact]: readonly [string, Artifact],
): Promise<AssemblyStack> {
  const { environment = '', displayName, metadata, additionalMetadataFile, properties = {} } = artifact;
  const path = `${directory}${properties.templateFile ?? `${id}.template.json`}`;
  const file = files.shown(path);
  const text = await textOf(files, path);
  const template = readTemplate(parsed(file, text));
  const more = additionalMetadataFile ? await json<Metadata>(files, `${directory}${additionalMetadataFile}`) : {};
  const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(environment) ?? [];
  return {
    name: displayName ?? properties.stackName ?? id,
    file,
    account: account && /^\d{12}$/.test(account) ? account : null,
    region: region && region !== 'unknown-region' ? region : null,
    template,
    places: placesOf({ text, template, metadata: { ...metadata, ...more }, shown: files.source }),
    codeBytes: await codeBytesOf(files, directory, id, template),
  };
}

async function json<T>(files: AssemblyFiles, path: string): Promise<T> {
  return parsed(files.shown(path), await textOf(files, path)) as T;
}

async function textOf(files: AssemblyFiles, path: string): Promise<string> {
  const text = await files.text(path);
  if (text !== null) return text;
  throw unreadable(files.shown(path), new Error('there is no such file'));
}

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
