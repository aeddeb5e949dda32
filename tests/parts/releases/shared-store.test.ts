import { execFile, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { createServer, type Server, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { startTestAccount, type TestAccount } from '@soundbite/clouds/emulated/test-account.ts';
import { type Digest, parseReleaseStore, rowOfError, toErrorDocument } from '@soundbite/model';
import { releaseStore, s3Bucket, sharedReleases, sharingStore } from '@soundbite/release';
import { smallRelease, temporary } from '@soundbite/release/testing.ts';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';

/** Two stores of releases on one bucket of an emulated account. */

const run = promisify(execFile);
const place = temporary();
let account: TestAccount;
let s3: S3Client;
beforeAll(async () => {
  account = await startTestAccount();
  vi.stubEnv('AWS_ACCESS_KEY_ID', account.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', account.credentials.secretAccessKey);
  s3 = new S3Client({ ...account.config, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'team' }));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  s3?.destroy();
  await account?.dispose();
  await place.remove();
});

let [ana, ben] = ['', ''];
let prefix = '';
let tests = 0;
beforeEach(() => {
  prefix = `releases-${++tests}`;
  [ana, ben] = ['ana', 'ben'].map((name) => join(place.directory, `${name}-${tests}`)) as [string, string];
  for (const directory of [ana, ben]) mkdirSync(directory);
});

const textOf = (endpoint = account.endpoint) => `s3://team/${prefix}?endpoint=${endpoint}`;
const sharedAt = (endpoint?: string) => sharedReleases(s3Bucket(parseReleaseStore(textOf(endpoint))));
const storeOf = (directory: string, shared = sharedAt()) => sharingStore(directory, releaseStore(directory), shared);

/** A release that ana has cut and shared. */
async function shared(): Promise<Digest> {
  const digest = smallRelease(ana);
  await sharedAt().push(await releaseStore(ana).verify(digest));
  return digest;
}

/** What stands before the account: `hold` says which requests are not answered; `held` how many that were. */
async function before(hold: (path: string) => boolean) {
  const state = { held: 0, hold };
  const server: Server = createServer((asked, answer) => {
    if (state.hold(asked.url ?? '')) return void state.held++;
    const { method, url: path, headers } = asked;
    const on = send({ host: '127.0.0.1', port: account.port, method, path, headers }, (given) => {
      answer.writeHead(given.statusCode ?? 500, given.headers);
      given.pipe(answer);
    });
    asked.pipe(on);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, state, close };
}

async function until(look: () => boolean): Promise<void> {
  for (const end = performance.now() + 20_000; !look(); ) {
    if (performance.now() > end) throw new Error(`waited for ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

it('what one has cut the other fetches, byte for byte, and verifies as its own', async () => {
  const digest = await shared();
  expect(await sharedAt().list()).toEqual([digest]);
  const bens = storeOf(ben);
  expect(await bens.verify(digest)).toMatchObject({ digest, directory: join(ben, digest.slice(7)) });
  expect(readdirSync(ben)).toEqual([digest.slice(7)]);
  expect(await sharedAt().documents(digest)).toMatchObject({ provenance: { commit: 'a'.repeat(40) } });
  await sharedAt().check();
  // A second push finds all as it was cut, by the digests that S3 has computed.
  expect(await sharedAt().push(await bens.get(digest))).toBe(0);
});

it('S3 lets nobody put other bytes in the place of what is there, or other bytes than those that were cut', async () => {
  const bucket = s3Bucket(parseReleaseStore(textOf()));
  const [a, b] = ['a', 'b'].map((text) => Buffer.from(text)) as [Buffer, Buffer];
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  await expect(bucket.create('x', b, hash(a))).rejects.toMatchObject({ code: 'release-store-refused' });
  expect(await bucket.sha256('x').catch(() => null)).toBeNull();
  expect(await bucket.create('x', a, hash(a))).toBe('created');
  expect(await bucket.create('x', b, hash(b))).toBe('exists');
  expect(await bucket.sha256('x')).toBe(hash(a));
});

it('what is not what was cut is refused by the name of the object, and nothing stays', async () => {
  const digest = await shared();
  const own = await releaseStore(ana).verify(digest);
  const object = { Bucket: 'team', Key: `${prefix}/${digest.slice(7)}/service.zip` };
  const cases: readonly (readonly [body: string | null, what: string])[] = [
    ['cods', 'is not what was cut'],
    ['co', 'has 2 bytes instead of 4'],
    [null, 'is missing'],
  ];
  for (const [body, what] of cases) {
    await s3.send(body === null ? new DeleteObjectCommand(object) : new PutObjectCommand({ ...object, Body: body }));
    const refused = await storeOf(ben)
      .get(digest)
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'release-copy-altered', message: `s3://team/${object.Key} ${what}` });
    expect(rowOfError(refused)).toMatchObject({ verdict: 'machinery' });
    expect(readdirSync(ben)).toEqual([]);
    if (body !== null) await expect(sharedAt().push(own)).rejects.toMatchObject({ code: 'release-copy-altered' });
  }
  // Ana's own is what it was; it is put anew once the object is gone.
  expect(await sharedAt().push(own)).toBe(1);
  await storeOf(ben).verify(digest);
});

it('a push that is cut off leaves no release, and goes on', async () => {
  const digest = smallRelease(ana);
  const own = await releaseStore(ana).verify(digest);
  const { endpoint, state, close } = await before((path) => path.includes('settings/'));
  const push = sharedAt(endpoint).push(own);
  push.catch(() => {});
  await until(() => state.held > 0);
  close();
  await expect(push).rejects.toMatchObject({ code: 'release-store-down' });
  expect(await sharedAt().list()).toEqual([]);
  await expect(storeOf(ben).get(digest)).rejects.toMatchObject({ code: 'release-unknown' });
  const put = await sharedAt().push(own);
  expect(put).toBeGreaterThan(0);
  expect(put).toBeLessThan(7);
  await storeOf(ben).verify(digest);
});

it('who is killed in the middle of a fetch leaves nothing that counts, and what it left goes with the next', async () => {
  const digest = await shared();
  const { endpoint, state, close } = await before((path) => path.includes('settings/'));
  const args = [textOf(endpoint), ben, digest];
  const child = fork(join(import.meta.dirname, 'fetch-process.ts'), args, { stdio: 'inherit' });
  await until(() => state.held > 0);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(readdirSync(ben)).toEqual([expect.stringMatching(`^\\.fetching-${child.pid}-`)]);
  await expect(releaseStore(ben).get(digest)).rejects.toMatchObject({ code: 'release-unknown' });
  state.hold = () => false;
  await Promise.all([storeOf(ben, sharedAt(endpoint)), storeOf(ben)].map((store) => store.get(digest)));
  close();
  await releaseStore(ben).verify(digest);
  expect(readdirSync(ben)).toEqual([digest.slice(7)]);
});

it('a disk that is full in the middle of a fetch is told as such, and holds no half of a release', async ({ skip }) => {
  const digest = smallRelease(ana, { 'assembly/staging/big': 'x'.repeat(300_000) });
  await sharedAt().push(await releaseStore(ana).verify(digest));
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', ben]).catch(() => null);
  if (mounted === null) return skip('only root may mount a small disk');
  try {
    const error = await storeOf(ben)
      .get(digest)
      .catch((thrown: unknown) => thrown);
    expect(toErrorDocument(error)).toMatchObject({ code: 'disk-full' });
    expect(rowOfError(error)).toMatchObject({ verdict: 'machinery' });
    expect(readdirSync(ben)).toEqual([]);
  } finally {
    await run('umount', ['-l', ben]);
  }
  await storeOf(ben).verify(digest);
});

it('an account that is down is not the release’s fault', async () => {
  const digest = await shared();
  await account.stop('SIGKILL');
  const away = await storeOf(ben)
    .get(digest)
    .catch((error: unknown) => error);
  expect(away).toMatchObject({ code: 'release-store-down' });
  expect(rowOfError(away)).toMatchObject({ verdict: 'machinery', retry: 'soon' });
  await releaseStore(ana).verify(digest);
});
