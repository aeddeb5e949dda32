import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest, type Release, SoundBiteError, stackOutputs, stackParameters } from '@soundbite/model';
import { assemblyOf } from '../infrastructure/testing-assembly.ts';
import type { Releases } from './released.ts';

/** Two releases of staging in a directory, as far as a runtime reads them. Their bundles are a few bytes. */
export async function testReleases() {
  const root = await mkdtemp(join(tmpdir(), 'soundbite-releases-'));
  const older = await releaseIn(root, `sha256:${'b'.repeat(64)}`, 'older code');
  const newer = await releaseIn(root, `sha256:${'a'.repeat(64)}`, 'the code');
  return { older, newer, releases: storeOf(older, newer), remove: () => rm(root, { recursive: true, force: true }) };
}

const storeOf = (...all: readonly Release[]): Releases => ({
  async get(digest) {
    const found = all.find((release) => release.digest === digest);
    if (found) return found;
    throw new SoundBiteError('release-unknown', `${digest} is not in the store`);
  },
});

/**
 * Releases of a service whose functions know nothing of them, by the code that each has of the API, and what is in the layer of the worker, which has one code. A
 * layer is made anew with each change.
 */
export async function foreignReleases(...codes: readonly (readonly [api: string, layer: string])[]) {
  const root = await mkdtemp(join(tmpdir(), 'soundbite-releases-'));
  const all = await Promise.all(
    codes.map(([api, layer], index) =>
      releaseIn(root, `sha256:${String(index + 1).repeat(64)}`, 'one code', { api, layer }),
    ),
  );
  return { all, releases: storeOf(...all), remove: () => rm(root, { recursive: true, force: true }) };
}

/** The configuration of a function of these releases, as AWS tells it. */
export const toldConfiguration = (name: string, release: Digest) => ({
  FunctionName: name,
  Handler: `index.${name}`,
  Runtime: 'nodejs24.x',
  MemorySize: 256,
  Timeout: 15,
  Role: roleOf(name),
  Architectures: ['arm64'],
  PackageType: 'Zip',
  EphemeralStorage: { Size: 512 },
  TracingConfig: { Mode: 'PassThrough' },
  SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
  LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${name}` },
  Environment: { Variables: { SOUNDBITE_RELEASE: release, SOUNDBITE_QUEUE_URL: testOutputs[stackOutputs.queueUrl] } },
});

const roleOf = (name: string) => `arn:aws:iam::123456789012:role/${name}-role`;

/** What the stack gives. */
export const testOutputs = {
  [stackOutputs.apiFunction]: 'api',
  [stackOutputs.workerFunction]: 'worker',
  [stackOutputs.workerMappingId]: 'm-1',
  [stackOutputs.apiId]: 'api-1',
  [stackOutputs.apiRoleArn]: roleOf('api'),
  [stackOutputs.workerRoleArn]: roleOf('worker'),
  [stackOutputs.queueUrl]: 'https://sqs.eu-central-1.amazonaws.com/123456789012/jobs',
} as Readonly<Record<string, string>>;

/** `foreign`: its functions do not say which release they are, and the API has a code of its own. */
async function releaseIn(
  root: string,
  digest: Digest,
  code: string,
  foreign: { readonly api: string; readonly layer: string } | null = null,
): Promise<Release> {
  const directory = join(root, digest.slice(7));
  const asset = (name: string) => ({
    source: { path: `../../${name}`, packaging: 'file' },
    destinations: { here: { bucketName: 'assets', objectKey: name } },
  });
  const zips = { 'service.zip': code, ...(foreign ? { 'api.zip': foreign.api } : {}) };
  const assets = { files: Object.fromEntries(Object.keys(zips).map((name) => [name, asset(name)])) };
  const files = {
    'assembly/staging/manifest.json': JSON.stringify(assemblyOf('staging').manifest),
    'assembly/staging/soundbite-staging.template.json': JSON.stringify(testTemplate(foreign?.layer ?? null)),
    'assembly/staging/soundbite-staging.assets.json': JSON.stringify(assets),
    ...zips,
  };
  await mkdir(join(directory, 'assembly/staging'), { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(directory, path), text);
  const hash = (text: string) => createHash('sha256').update(text);
  return {
    digest,
    directory,
    manifest: {
      format: 'soundbite.release/1',
      service: { path: 'service.zip', codeSha256: hash(code).digest('base64') },
      environments: ['staging'],
      files: Object.entries(files).map(([path, text]) => ({
        path,
        sha256: hash(text).digest('hex'),
        bytes: text.length,
      })),
    },
    provenance: {} as Release['provenance'],
  };
}

function testTemplate(layer: string | null) {
  const isForeign = layer !== null;
  const ref = (name: string) => ({ Ref: name });
  const role = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
  const fn = (name: string, roleId: string) => ({
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: name,
      Code: { S3Bucket: 'assets', S3Key: isForeign && name === 'api' ? 'api.zip' : 'service.zip' },
      Handler: `index.${name}`,
      Runtime: 'nodejs24.x',
      MemorySize: 256,
      Timeout: 15,
      Role: role(roleId),
      Architectures: ['arm64'],
      ...(isForeign && name === 'worker' ? { Layers: [ref('Layer')] } : {}),
      Environment: {
        Variables: {
          ...(isForeign ? {} : { SOUNDBITE_RELEASE: ref(stackParameters.releaseDigest) }),
          // What no template says.
          ...(isForeign && name === 'worker' ? { TOPIC: { 'Fn::ImportValue': 'topic' } } : {}),
          SOUNDBITE_QUEUE_URL: ref('Queue'),
        },
      },
    },
  });
  return {
    Resources: {
      Api: fn('api', 'ApiRole'),
      Worker: fn('worker', 'WorkerRole'),
      ...(isForeign ? { Layer: { Type: 'AWS::Lambda::LayerVersion', Properties: { Content: { S3Key: layer } } } } : {}),
      ApiLive: { Type: 'AWS::Lambda::Alias', Properties: { Name: 'live', FunctionName: ref('Api') } },
      MayInvoke: {
        Type: 'AWS::Lambda::Permission',
        Properties: { FunctionName: ref('ApiLive'), Principal: 'apigateway.amazonaws.com' },
      },
    },
    Outputs: {
      [stackOutputs.apiRoleArn]: { Value: role('ApiRole') },
      [stackOutputs.workerRoleArn]: { Value: role('WorkerRole') },
      [stackOutputs.queueUrl]: { Value: ref('Queue') },
    },
  };
}
