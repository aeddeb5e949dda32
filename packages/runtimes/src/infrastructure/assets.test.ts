import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cloud, Identity } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { publishAssets } from './assets.ts';
import { awsRefusal, recordedAws } from './testing.ts';

const body = 'the bundle';
const missing = awsRefusal('', '', 404);

describe('the files of a release, in a real account', () => {
  let aws: Awaited<ReturnType<typeof recordedAws>>;
  let directory: string;
  let cloud: Cloud;
  const identities: Identity[] = [];

  beforeEach(async () => {
    aws = await recordedAws();
    vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
    directory = await mkdtemp(join(tmpdir(), 'soundbite-assets-'));
    await writeFile(join(directory, 'service.zip'), body);
    identities.length = 0;
    const credentials = { accessKeyId: 'A', secretAccessKey: 's' };
    const access = { kind: 'real' as const, account: '123456789012', region: 'eu-central-1', credentials };
    const remember = async (identity: Identity) => {
      identities.push(identity);
      return access;
    };
    cloud = { kind: 'real', access: remember, checkpoint: async () => {} };
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    aws.close();
    await rm(directory, { recursive: true });
  });

  const publish = () =>
    publishAssets(cloud, [{ path: join(directory, 'service.zip'), bucket: 'assets', key: 'b.zip', role: 'publisher' }]);
  const size = (bytes: number) => ({ headers: { 'content-length': String(bytes) } });

  it('are left as they are when they are there, whole', async () => {
    aws.expect([['HEAD b.zip', size(body.length)]]);
    await publish();
    expect(aws.calls).toEqual(['HEAD b.zip']);
    expect(identities).toEqual([{ role: 'publisher' }]);
  });

  it.each([
    ['missing', missing],
    ['of the wrong size', size(3)],
    ['empty', size(0)],
  ])('are put there, proven by their checksum, when they are %s', async (_, answer) => {
    aws.expect([
      ['HEAD b.zip', answer],
      ['PUT b.zip', {}],
    ]);
    await publish();
    expect(aws.calls).toEqual(['HEAD b.zip', 'PUT b.zip']);
    const checksum = createHash('sha256').update(body).digest('base64');
    expect(aws.inputOf('PUT b.zip')).toEqual([{ path: '/assets/b.zip', checksum, body }]);
  });

  it('are not put where nobody may look, nor called there when they could not be put', async () => {
    aws.expect([['HEAD b.zip', awsRefusal('', '', 403)]]);
    const forbidden = { code: 'asset-unpublished', message: expect.stringContaining('s3://assets/b.zip: 403') };
    await expect(publish()).rejects.toMatchObject(forbidden);
    expect(aws.calls).toEqual(['HEAD b.zip']);
    aws.expect([
      ['HEAD b.zip', missing],
      ['PUT b.zip', awsRefusal('NoSuchBucket', 'The specified bucket does not exist', 404)],
    ]);
    const homeless = { code: 'asset-unpublished', message: expect.stringContaining('NoSuchBucket') };
    await expect(publish()).rejects.toMatchObject(homeless);
  });
});
