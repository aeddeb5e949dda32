import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { awsNames, type LiveStack } from '@soundbite/model';
import { assetsBucket, toolkitRole } from '@soundbite/model/bootstrap-statements.ts';
import { asRecord } from '@soundbite/model/template.ts';

/** A stack, as the app calls it and as it stands. */
interface NamedLive extends LiveStack {
  readonly app: string;
}

/**
 * Writes the stacks that stand in an environment as the cloud assembly that the CDK would have made of them for our bootstrap: their templates, and their code under the keys
 * that it has. Source: @aws-cdk/cloud-assembly-schema.
 */
export async function writeLiveAssembly(
  directory: string,
  environment: string,
  stacks: readonly NamedLive[],
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const artifacts: Record<string, unknown> = {};
  for (const stack of stacks) {
    const templateFile = `${stack.name}.template.json`;
    const text = JSON.stringify(stack.template, null, 1);
    const hash = sha256(text);
    await writeFile(join(directory, templateFile), text);
    const files: Record<string, unknown> = { [hash]: fileAsset(environment, templateFile, `${hash}.json`) };
    for (const [key, bytes] of stack.code) {
      const path = `asset.${key.replaceAll('/', '_')}`;
      await writeFile(join(directory, path), bytes);
      files[key] = fileAsset(environment, path, key);
    }
    await writeJson(directory, `${stack.name}.assets.json`, { version: schemaVersion, files });
    Object.assign(artifacts, artifactsOf(environment, stack, hash));
  }
  await writeJson(directory, 'manifest.json', { version: schemaVersion, artifacts });
}

/** Of the CDK's schemas of assemblies and assets: the one that today's library writes, which older tools do not read. Nobody but us reads these. */
const schemaVersion = '48.0.0';

/** The paths of constructs, which the CDK's CLI writes into the templates that it deploys. Without them a component is found by its logical id. */
function constructsIn(template: LiveStack['template']) {
  const placed = Object.entries(asRecord(template.Resources)).flatMap(([id, resource]) => {
    const path = asRecord(asRecord(resource).Metadata)['aws:cdk:path'];
    return typeof path === 'string' ? [[`/${path}`, [{ type: 'aws:cdk:logicalId', data: id }]] as const] : [];
  });
  return Object.fromEntries(placed);
}

function artifactsOf(environment: string, { app, name, template }: NamedLive, hash: string) {
  const { role, bucket } = placesOf(environment);
  const assets = `${name}.assets`;
  return {
    [assets]: { type: 'cdk:asset-manifest', properties: { file: `${assets}.json` } },
    [name]: {
      type: 'aws:cloudformation:stack',
      environment: 'aws://unknown-account/unknown-region',
      properties: {
        templateFile: `${name}.template.json`,
        stackName: name,
        assumeRoleArn: role('deploy'),
        cloudFormationExecutionRoleArn: role('cfn-exec'),
        stackTemplateAssetObjectUrl: `s3://${bucket}/${hash}.json`,
      },
      metadata: constructsIn(template),
      dependencies: [assets],
      displayName: app,
    },
  };
}

const fileAsset = (environment: string, path: string, objectKey: string) => {
  const { bucket, role } = placesOf(environment);
  return {
    source: { path, packaging: 'file' },
    destinations: {
      current: { bucketName: bucket, objectKey, assumeRoleArn: role('file-publishing') },
    },
  };
};

/** The bootstrap's names, as the CDK's DefaultStackSynthesizer writes them. */
function placesOf(environment: string) {
  const { qualifier } = awsNames(environment);
  return {
    bucket: assetsBucket(qualifier),
    role: (kind: Parameters<typeof toolkitRole>[1]) =>
      `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${toolkitRole(qualifier, kind)}`,
  };
}

/** The same assembly with another template for each stack and nothing else to publish: in a directory of its own. */
export async function writeCoverAssembly(
  from: string,
  to: string,
  environment: string,
  templates: ReadonlyMap<string, unknown>,
): Promise<void> {
  await mkdir(to, { recursive: true });
  const manifest = JSON.parse(await readFile(join(from, 'manifest.json'), 'utf8')) as {
    readonly artifacts: Record<string, { readonly properties: Record<string, unknown> }>;
  };
  const { bucket } = placesOf(environment);
  for (const [name, template] of templates) {
    const file = `${name}.template.json`;
    const text = JSON.stringify(template, null, 1);
    const hash = sha256(text);
    await writeFile(join(to, file), text);
    const files = { [hash]: fileAsset(environment, file, `${hash}.json`) };
    await writeJson(to, `${name}.assets.json`, { version: schemaVersion, files });
    const artifact = manifest.artifacts[name];
    if (!artifact) throw new Error(`the assembly has no stack ${name}`);
    const properties = { ...artifact.properties, stackTemplateAssetObjectUrl: `s3://${bucket}/${hash}.json` };
    manifest.artifacts[name] = { ...artifact, properties };
  }
  await writeJson(to, 'manifest.json', manifest);
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const writeJson = (directory: string, file: string, value: unknown) =>
  writeFile(join(directory, file), JSON.stringify(value, null, 1));
