import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type ReleaseStoreAddress, rowOfError, systemProblem } from '@soundbite/model';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { s3Bucket } from './s3-bucket.ts';

const address: ReleaseStoreAddress = { bucket: 'team', prefix: 'releases/', region: 'eu-central-1' };

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly never?: true;
  /** The connection breaks after the body. */
  readonly breaks?: true;
}

const answers: Answer[] = [];
const requests: IncomingMessage[] = [];
/** S3 as far as its answers are given; the last one is given again. */
const server = createServer((request, response) => {
  requests.push(request);
  request.resume().on('end', () => {
    const {
      status,
      headers = {},
      body = '',
      breaks,
      never,
    } = (answers.length > 1 ? answers.shift() : answers[0]) as Answer;
    if (never) return;
    response.writeHead(status, headers);
    if (breaks) response.write(body, () => response.destroy());
    else response.end(body);
  });
});

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'true');
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
  server.closeAllConnections();
});

/** A bucket that answers so, and what it is asked. */
function answering(...given: Answer[]) {
  answers.splice(0, Number.POSITIVE_INFINITY, ...given);
  requests.length = 0;
  return s3Bucket(here());
}

const here = () => ({ ...address, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });

const refusal = (status: number, code: string, message = code): Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});

const digest = 'ab'.repeat(32);

describe('a bucket on S3', () => {
  it('creates an object only where none is, and has S3 prove its bytes', async () => {
    const bucket = answering({ status: 200 });
    expect(await bucket.create('x/service.zip', Buffer.from('code'), digest)).toBe('created');
    expect(requests[0]).toMatchObject({
      method: 'PUT',
      url: '/team/releases/x/service.zip?x-id=PutObject',
      headers: { 'if-none-match': '*', 'x-amz-checksum-sha256': Buffer.from(digest, 'hex').toString('base64') },
    });
  });

  it('leaves what is there, and asks again while somebody else puts it', async () => {
    const bucket = answering(refusal(409, 'ConditionalRequestConflict'), refusal(412, 'PreconditionFailed'));
    expect(await bucket.create('x', Buffer.from('code'), digest)).toBe('exists');
    expect(requests).toHaveLength(2);
  });

  it('lists with its prefix, page by page, and says nothing of it', async () => {
    const page = (key: string, more: string) => ({
      status: 200,
      body: `<ListBucketResult>${more}<Contents><Key>releases/${key}</Key><Size>3</Size><LastModified>2026-01-01T00:00:00Z</LastModified></Contents></ListBucketResult>`,
    });
    const bucket = answering(
      page('a.json', '<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>'),
      page('b.json', '<IsTruncated>false</IsTruncated>'),
    );
    expect(await bucket.list('', { top: true })).toEqual([
      { key: 'a.json', bytes: 3, at: Date.UTC(2026, 0, 1) },
      { key: 'b.json', bytes: 3, at: Date.UTC(2026, 0, 1) },
    ]);
    expect(requests.map(({ url }) => url)).toEqual([
      '/team/?delimiter=%2F&list-type=2&prefix=releases%2F',
      '/team/?continuation-token=t&delimiter=%2F&list-type=2&prefix=releases%2F',
    ]);
  });

  it('says null of what is not there', async () => {
    expect(await answering(refusal(404, 'NoSuchKey')).read('x')).toBeNull();
  });

  const refused = 'the shared release store s3://team/releases';
  it.each<[string, Answer, string, string]>([
    ['a server that is down', refusal(503, 'SlowDown'), 'release-store-down', 'does not answer: 503 SlowDown'],
    ['a server without words', { status: 500 }, 'release-store-down', 'does not answer: 500'],
    ['no permission', refusal(403, 'AccessDenied'), 'release-store-refused', 'does not let this home read: 403'],
    [
      'a session that is over',
      refusal(400, 'ExpiredToken'),
      'release-store-refused',
      'does not let this home read: 400',
    ],
    ['no such bucket', refusal(404, 'NoSuchBucket'), 'release-store-unusable', 'cannot be found: 404 NoSuchBucket'],
    ['another region', refusal(301, 'PermanentRedirect'), 'release-store-unusable', 'cannot be found: 301'],
    [
      'a full disk',
      refusal(507, 'XMinioStorageFull', 'No space left on device'),
      'release-store-refused',
      'has no room',
    ],
    ['a quota', refusal(400, 'XMinioAdminBucketQuotaExceeded'), 'release-store-refused', 'has no room: 400'],
    ['anything else', refusal(400, 'InvalidRequest'), 'release-store-refused', 'refuses to read: 400 InvalidRequest'],
  ])('tells of %s, and of no release', async (_what, answer, code, message) => {
    const error = await answering(answer)
      .read('x')
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringContaining(`${refused} ${message}`) });
    expect(rowOfError(error).verdict).toBe('machinery');
    // A disk that is full there is not this machine's.
    expect(systemProblem(error)).toBeNull();
  });

  it('that cannot be reached, or breaks off in the middle of an object, is away', async () => {
    const nowhere = s3Bucket({ ...address, endpoint: 'http://127.0.0.1:1' });
    await expect(nowhere.list('')).rejects.toMatchObject({
      code: 'release-store-down',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    answering({ status: 200, never: true });
    await expect(s3Bucket(here(), 200).list('')).rejects.toMatchObject({
      code: 'release-store-down',
      message: expect.stringContaining('timeout'),
    });
    const bucket = answering({ status: 200, headers: { 'content-length': '10' }, body: 'half', breaks: true });
    const object = await bucket.read('x');
    expect(object?.bytes).toBe(10);
    await expect(text(object?.body as Readable)).rejects.toMatchObject({ code: 'release-store-down' });
  });
});
