import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest, Release } from '@soundbite/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemblyOf } from '../infrastructure/testing-assembly.ts';
import { prover } from './proof.ts';
import { type Releases, readReleased } from './released.ts';

const digest: Digest = `sha256:${'c'.repeat(64)}`;
const sha256 = (text: string) => createHash('sha256').update(text);
const asset = (path: string, objectKey: string) => ({
  source: { path, packaging: 'file' },
  destinations: { here: { bucketName: 'assets', objectKey } },
});
const fn = (FunctionName: string, Code: object) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { FunctionName, Code, Handler: 'index.handler', Runtime: 'python3.12' },
});

let directory: string;
let releases: Releases;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'soundbite-released-'));
  const files = {
    'assembly/staging/manifest.json': JSON.stringify(assemblyOf('staging').manifest),
    'assembly/staging/soundbite-staging.template.json': JSON.stringify({
      Resources: {
        Api: fn('api', { S3Bucket: 'assets', S3Key: 'one.zip' }),
        Worker: fn('worker', { S3Bucket: 'assets', S3Key: 'two.zip' }),
        Inline: fn('inline', { ZipFile: 'def handler(): pass' }),
        Elsewhere: fn('elsewhere', { S3Bucket: 'mine', S3Key: 'three.zip' }),
      },
    }),
    'assembly/staging/soundbite-staging.assets.json': JSON.stringify({
      files: {
        one: asset('asset.one.zip', 'one.zip'),
        two: asset('../../service.zip', 'two.zip'),
        outside: asset('../../../etc/passwd', 'three.zip'),
      },
    }),
    'assembly/staging/asset.one.zip': 'the API’s code',
    'service.zip': 'the worker’s code',
  };
  await mkdir(join(directory, 'assembly/staging'), { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(directory, path), text);
  const listed = Object.entries(files).map(([path, text]) => ({ path, sha256: sha256(text).digest('hex'), bytes: 1 }));
  releases = { get: async () => ({ digest, directory, manifest: { files: listed } }) as unknown as Release };
});
afterAll(() => rm(directory, { recursive: true }));

const access = { kind: 'real', account: '123456789012', region: 'eu-west-1' } as never;
const target = { environment: { name: 'staging' }, cloud: { kind: 'real' }, outputs: {} } as never;

describe('the code of a function', () => {
  it('is the asset that its template names, each function its own, by the digest in the manifest', async () => {
    const { code } = prover(releases)(target, access);
    expect(await code('api', digest)).toEqual({
      path: 'assembly/staging/asset.one.zip',
      codeSha256: sha256('the API’s code').digest('base64'),
    });
    expect((await code('worker', digest))?.path).toBe('service.zip');
  });

  it.each(['inline', 'elsewhere', 'nobody'])('is none of the release’s files for %s', async (name) => {
    expect(await prover(releases)(target, access).code(name, digest)).toBeNull();
  });

  it('that is another function’s is doubted, and so is one that the release does not have', async () => {
    const { prove } = prover(releases)(target, access);
    const found = (FunctionName: string) => ({
      ...{ FunctionName, Handler: 'index.handler', Runtime: 'python3.12' as const },
      CodeSha256: sha256('the worker’s code').digest('base64'),
      Environment: { Variables: { SOUNDBITE_RELEASE: digest } },
    });
    const doubts = async (name: string) => (await prove(name, found(name), digest)).doubts[0];
    expect(await doubts('worker')).not.toContain('its code');
    expect(await doubts('api')).toMatch(/^its code is .*, and cccccccccccc was released with /);
    expect(await doubts('inline')).toMatch(/and cccccccccccc has no code for it among its files$/);
  });

  it('is not read from an asset manifest that was altered', async () => {
    const file = join(directory, 'assembly/staging/soundbite-staging.assets.json');
    await writeFile(file, '{"files":{}}');
    await expect(readReleased(releases, digest, 'staging')).rejects.toMatchObject({
      code: 'release-altered',
      message: expect.stringContaining('soundbite-staging.assets.json'),
    });
  });
});
