import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Assembly,
  awsNames,
  deliveredTemplate,
  type Environment,
  type FoundComponent,
  findComponents,
  obstaclesIn,
  problemText,
  SoundBiteError,
  serviceFile,
  serviceProblem,
} from '@soundbite/model';
import { type ReadService, serviceInvalid } from './service-file.ts';

interface Delivery extends ReadService {
  readonly directory: string;
  readonly assembly: Assembly;
  readonly environment: Pick<Environment, 'name' | 'runtime' | 'protected'>;
}

/** What we read of an assembly's manifest.json and of an asset manifest. Source: @aws-cdk/cloud-assembly-schema. */
interface Artifact {
  readonly type: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  readonly [key: string]: unknown;
}
interface AssemblyManifest {
  readonly artifacts?: Readonly<Record<string, Artifact>>;
  readonly [key: string]: unknown;
}
interface AssetManifest {
  readonly files?: Readonly<Record<string, FileAsset>>;
  readonly [key: string]: unknown;
}
interface FileAsset {
  readonly source: { readonly path?: string };
  readonly destinations: Readonly<Record<string, { readonly bucketName: string; readonly objectKey: string }>>;
}

/**
 * Makes an environment's assembly the one that is deployed there: its stack is `soundbite-<environment>`, with what a promotion needs in the template.
 * Errors: `declaration-invalid`, with all components that are not there; `assembly-undeliverable`.
 */
export async function deliverStack(delivery: Delivery): Promise<void> {
  const { directory, environment } = delivery;
  const { artifacts = {}, ...manifest } = await readJson<AssemblyManifest>(directory, 'manifest.json');
  const stack = onlyStack(artifacts, environment.name);
  const components = componentsIn(delivery);
  const { file, hash, was } = await writeTemplate(delivery, stack, components);
  const assets = await writeAssets(delivery, artifacts, { file, hash, was });
  const name = awsNames(environment.name).stack;
  const properties = {
    ...without(stack.properties, ['stackName', 'additionalDependencies']),
    templateFile: file,
    terminationProtection: environment.protected,
    stackTemplateAssetObjectUrl: String(stack.properties?.stackTemplateAssetObjectUrl).replaceAll(was.hash, hash),
  };
  await writeJson(directory, 'manifest.json', {
    ...manifest,
    artifacts: {
      [`${name}.assets`]: assets,
      [name]: { ...stack, properties, dependencies: [`${name}.assets`], displayName: name },
    },
  });
}

const stackType = 'aws:cloudformation:stack';

function onlyStack(artifacts: Readonly<Record<string, Artifact>>, environment: string): Artifact {
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === stackType);
  const [first, ...more] = stacks;
  if (first && more.length === 0) return first[1];
  const has = first
    ? `has ${stacks.length} stacks (${stacks.map(([id]) => id).join(', ')})`
    : 'has no stack of its own';
  throw undeliverable(`the app of ${environment} ${has}; one is delivered`, 'make one stack of them');
}

/** In an environment that runs processes no function is promoted. */
function componentsIn({ assembly, environment, service, text }: Delivery): readonly FoundComponent[] {
  if (environment.runtime === 'process') return [];
  const { components, problems } = findComponents(assembly, service.components, environment.name);
  if (problems.length === 0) return components;
  const told = problems.map(({ index, key, message }) =>
    problemText(
      serviceProblem({ file: serviceFile, text }, ['components', index, key], `${message} (${environment.name})`),
    ),
  );
  throw serviceInvalid(told.join('\n'));
}

interface WrittenTemplate {
  readonly file: string;
  readonly hash: string;
  /** As the app wrote it. */
  readonly was: { readonly file: string; readonly hash: string };
}

async function writeTemplate(
  { directory, environment }: Delivery,
  { properties }: Artifact,
  components: readonly FoundComponent[],
): Promise<WrittenTemplate> {
  const before = String(properties?.templateFile);
  const template = await readJson<Record<string, unknown>>(directory, before);
  const obstacles = obstaclesIn(template, components);
  if (obstacles.length > 0)
    throw undeliverable(
      `${environment.name} cannot be delivered: ${obstacles.join('\n')}`,
      'give a parameter a default, and another name to what has one of these',
    );
  const text = JSON.stringify(deliveredTemplate(template, components, environment.name), null, 1);
  const file = `${awsNames(environment.name).stack}.template.json`;
  await rm(join(directory, before));
  await writeFile(join(directory, file), text);
  const hash = createHash('sha256').update(text).digest('hex');
  const [, old = ''] = /\/([0-9a-f]{64})\.json$/.exec(String(properties?.stackTemplateAssetObjectUrl)) ?? [];
  return { file, hash, was: { file: before, hash: old } };
}

/** The template is an asset, too, under a key that is made from its content. */
async function writeAssets(
  { directory, environment: { name } }: Delivery,
  artifacts: Readonly<Record<string, Artifact>>,
  { file, hash, was }: WrittenTemplate,
): Promise<Artifact> {
  const artifact = Object.values(artifacts).find(({ type }) => type === 'cdk:asset-manifest');
  const before = String(artifact?.properties?.file);
  if (!artifact || !was.hash)
    throw undeliverable(`the app of ${name} publishes no assets`, 'use the DefaultStackSynthesizer of the CDK');
  const { files = {}, ...rest } = await readJson<AssetManifest>(directory, before);
  refuseOtherBootstrap(files, name);
  const changed = Object.entries(files).map(([key, asset]) => {
    if (asset.source.path !== was.file) return [key, asset] as const;
    const text = JSON.stringify({ ...asset, source: { ...asset.source, path: file } });
    return [hash, JSON.parse(text.replaceAll(was.hash, hash)) as FileAsset] as const;
  });
  const { stack } = awsNames(name);
  await rm(join(directory, before));
  await writeJson(directory, `${stack}.assets.json`, { ...rest, files: Object.fromEntries(changed) });
  return { ...artifact, properties: { ...artifact.properties, file: `${stack}.assets.json` } };
}

/** Each environment has a bucket and roles of its own, by the qualifier that the app is told. */
function refuseOtherBootstrap(files: Readonly<Record<string, FileAsset>>, name: string): void {
  const { qualifier } = awsNames(name);
  const buckets = Object.values(files).flatMap(({ destinations }) =>
    Object.values(destinations).map(({ bucketName }) => bucketName),
  );
  const other = buckets.find((bucket) => !bucket.startsWith(`cdk-${qualifier}-assets-`));
  if (!other) return;
  throw undeliverable(
    `the app of ${name} publishes to ${other}, which is not the environment’s bucket`,
    'leave bootstrapQualifier and the names of roles and buckets out of the app: the context has the qualifier',
  );
}

const undeliverable = (message: string, hint: string) =>
  new SoundBiteError('assembly-undeliverable', message, { hint });

const without = (record: Readonly<Record<string, unknown>> = {}, keys: readonly string[]) =>
  Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));

async function readJson<T>(directory: string, file: string): Promise<T> {
  return JSON.parse(await readFile(join(directory, file), 'utf8')) as T;
}

async function writeJson(directory: string, file: string, value: unknown): Promise<void> {
  await writeFile(join(directory, file), JSON.stringify(value, null, 1));
}
