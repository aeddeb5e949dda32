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
  serviceFile,
  serviceProblem,
} from '@soundbite/model';
import { type Artifact, type ChosenStack, chosenStacks, notDeliverable } from './chosen-stacks.ts';
import { refuseMissingNeeds } from './process-needs.ts';
import { renamedExports } from './renamed-exports.ts';
import { type ReadService, serviceInvalid } from './service-file.ts';

interface Delivery extends ReadService {
  readonly directory: string;
  readonly assembly: Assembly;
  readonly environment: Pick<Environment, 'name' | 'runtime' | 'protected' | 'settings'>;
}

/** What we read of an assembly's manifest.json and of an asset manifest. Source: @aws-cdk/cloud-assembly-schema. */
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
 * Makes an environment's assembly the one that is deployed there: its stacks, in the order of their deployment and with the names that they have there, with what a promotion
 * needs in their templates. Errors: `declaration-invalid`, with all stacks and components that are not there; `assembly-undeliverable`.
 */
export async function deliverStacks(delivery: Delivery): Promise<void> {
  const { directory } = delivery;
  const { artifacts = {}, ...manifest } = await readJson<AssemblyManifest>(directory, 'manifest.json');
  const stacks = chosenStacks(artifacts, delivery);
  const components = componentsIn(delivery);
  refuseElsewhere(components, stacks, delivery);
  refuseMissingNeeds(delivery, delivery.environment, await outputsIn(directory, stacks));
  const delivered: Record<string, Artifact> = {};
  for (const stack of stacks)
    Object.assign(delivered, await deliverStack(delivery, artifacts, { stack, stacks, components }));
  await writeJson(directory, 'manifest.json', { ...manifest, artifacts: delivered });
}

/** Logical ids of what the stacks say. */
async function outputsIn(directory: string, stacks: readonly ChosenStack[]): Promise<readonly string[]> {
  const templates = await Promise.all(
    stacks.map(({ artifact }) =>
      readJson<{ readonly Outputs?: object }>(directory, String(artifact.properties?.templateFile)),
    ),
  );
  return templates.flatMap(({ Outputs = {} }) => Object.keys(Outputs));
}

interface OneStack {
  readonly stack: ChosenStack;
  readonly stacks: readonly ChosenStack[];
  readonly components: readonly FoundComponent[];
}

/** The artifacts of a stack as it is deployed. */
async function deliverStack(
  delivery: Delivery,
  artifacts: Readonly<Record<string, Artifact>>,
  one: OneStack,
): Promise<Readonly<Record<string, Artifact>>> {
  const { name, artifact } = one.stack;
  const written = await writeTemplate(delivery, one);
  const { file, hash, was } = written;
  const assets = await writeAssets(delivery, artifacts, one.stack, written);
  const properties = {
    ...without(artifact.properties, ['stackName', 'additionalDependencies']),
    templateFile: file,
    terminationProtection: delivery.environment.protected,
    stackTemplateAssetObjectUrl: String(artifact.properties?.stackTemplateAssetObjectUrl).replaceAll(was.hash, hash),
  };
  return {
    [`${name}.assets`]: assets,
    [name]: { ...artifact, properties, dependencies: [`${name}.assets`], displayName: name },
  };
}

/** In an environment that runs processes or containers no function is promoted. */
function componentsIn({ assembly, environment, service, text }: Delivery): readonly FoundComponent[] {
  if (environment.runtime !== 'aws') return [];
  const { components, problems } = findComponents(assembly, service.components, environment.name);
  if (problems.length === 0) return components;
  const told = problems.map(({ index, key, message }) =>
    problemText(
      serviceProblem({ file: serviceFile, text }, ['components', index, key], `${message} (${environment.name})`),
    ),
  );
  throw serviceInvalid(told.join('\n'));
}

/** A component whose stack is not delivered would never be there. */
function refuseElsewhere(
  components: readonly FoundComponent[],
  stacks: readonly ChosenStack[],
  { text, environment }: Delivery,
): void {
  const told = components.flatMap((component, index) => {
    if (stacks.some(({ app }) => app === component.stack)) return [];
    const message = `is in the stack ${component.stack}, which is not among the stacks (${environment.name})`;
    return [problemText(serviceProblem({ file: serviceFile, text }, ['components', index, 'function'], message))];
  });
  if (told.length > 0) throw serviceInvalid(told.join('\n'));
}

interface WrittenTemplate {
  readonly file: string;
  readonly hash: string;
  /** As the app wrote it. */
  readonly was: { readonly file: string; readonly hash: string };
}

async function writeTemplate(
  { directory, environment }: Delivery,
  { stack: { name, app, artifact }, stacks, components }: OneStack,
): Promise<WrittenTemplate> {
  const before = String(artifact.properties?.templateFile);
  const template = await readJson<Record<string, unknown>>(directory, before);
  const obstacles = obstaclesIn(template, components, app);
  if (obstacles.length > 0)
    throw notDeliverable(
      `${environment.name} cannot be delivered: ${obstacles.join('\n')}`,
      'give a parameter a default, and another name to what has one of these',
    );
  const delivery = { stack: app, name, environment: environment.name, components, isOneOfSeveral: stacks.length > 1 };
  const text = JSON.stringify(renamedExports(deliveredTemplate(template, delivery), stacks), null, 1);
  const file = `${name}.template.json`;
  await rm(join(directory, before));
  await writeFile(join(directory, file), text);
  const hash = createHash('sha256').update(text).digest('hex');
  const [, old = ''] = /\/([0-9a-f]{64})\.json$/.exec(String(artifact.properties?.stackTemplateAssetObjectUrl)) ?? [];
  return { file, hash, was: { file: before, hash: old } };
}

/** The template is an asset, too, under a key that is made from its content. */
async function writeAssets(
  { directory, environment }: Delivery,
  artifacts: Readonly<Record<string, Artifact>>,
  { name, artifact: { dependencies = [] } }: ChosenStack,
  { file, hash, was }: WrittenTemplate,
): Promise<Artifact> {
  const manifests = Object.entries(artifacts).filter(([, { type }]) => type === 'cdk:asset-manifest');
  const [, artifact] = manifests.find(([id]) => dependencies.includes(id)) ?? manifests[0] ?? [];
  const before = String(artifact?.properties?.file);
  if (!artifact || !was.hash)
    throw notDeliverable(
      `the app of ${environment.name} publishes no assets`,
      'use the DefaultStackSynthesizer of the CDK',
    );
  const { files = {}, ...rest } = await readJson<AssetManifest>(directory, before);
  refuseOtherBootstrap(files, environment.name);
  const changed = Object.entries(files).map(([key, asset]) => {
    if (asset.source.path !== was.file) return [key, asset] as const;
    const text = JSON.stringify({ ...asset, source: { ...asset.source, path: file } });
    return [hash, JSON.parse(text.replaceAll(was.hash, hash)) as FileAsset] as const;
  });
  await rm(join(directory, before));
  await writeJson(directory, `${name}.assets.json`, { ...rest, files: Object.fromEntries(changed) });
  return { ...artifact, properties: { ...artifact.properties, file: `${name}.assets.json` } };
}

/** Each environment has a bucket and roles of its own, by the qualifier that the app is told. */
function refuseOtherBootstrap(files: Readonly<Record<string, FileAsset>>, name: string): void {
  const { qualifier } = awsNames(name);
  const buckets = Object.values(files).flatMap(({ destinations }) =>
    Object.values(destinations).map(({ bucketName }) => bucketName),
  );
  const other = buckets.find((bucket) => !bucket.startsWith(`cdk-${qualifier}-assets-`));
  if (!other) return;
  throw notDeliverable(
    `the app of ${name} publishes to ${other}, which is not the environment’s bucket`,
    'leave bootstrapQualifier and the names of roles and buckets out of the app: the context has the qualifier',
  );
}

const without = (record: Readonly<Record<string, unknown>> = {}, keys: readonly string[]) =>
  Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));

async function readJson<T>(directory: string, file: string): Promise<T> {
  return JSON.parse(await readFile(join(directory, file), 'utf8')) as T;
}

async function writeJson(directory: string, file: string, value: unknown): Promise<void> {
  await writeFile(join(directory, file), JSON.stringify(value, null, 1));
}
