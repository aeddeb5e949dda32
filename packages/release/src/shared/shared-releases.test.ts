import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, rowOfError, SoundBiteError } from '@soundbite/model';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { recut } from '../receive.ts';
import { sharingStore } from '../sharing-store.ts';
import { releaseStore } from '../store.ts';
import { smallRelease, temporary } from '../testing.ts';
import { memoryBucket } from '../testing-bucket.ts';
import { fileKey, manifestKey } from './keys.ts';
import { sharedReleases } from './shared-releases.ts';

const place = temporary();
afterAll(place.remove);
let [ana, ben] = ['', ''];
let count = 0;
beforeEach(() => {
  [ana, ben] = ['ana', 'ben'].map((name) => join(place.directory, `${name}-${count}`)) as [string, string];
  for (const directory of [ana, ben]) mkdirSync(directory);
  count++;
});

/** A bucket with a release of ana's in it, and ben's store before it. */
async function pushed(before?: (what: string) => void | Promise<void>) {
  const digest = smallRelease(ana);
  const store = memoryBucket(before);
  const shared = sharedReleases(store.bucket);
  await shared.push(await releaseStore(ana).verify(digest));
  store.asked.length = 0;
  return { ...store, digest, shared, bens: sharingStore(ben, releaseStore(ben), shared) };
}

const codeOf = (code: string, message: string | RegExp) => ({
  code,
  message: typeof message === 'string' ? message : expect.stringMatching(message),
});

describe('push', () => {
  it('puts every file, the manifest last, and nothing a second time', async () => {
    const { digest, shared, objects, asked } = await pushed();
    expect([...objects.keys()].at(-1)).toBe(manifestKey(digest));
    expect(objects.size).toBe(7);
    expect(await shared.push(await releaseStore(ana).get(digest))).toBe(0);
    expect(asked.filter((what) => what.startsWith('create'))).toEqual([]);
    expect(await shared.list()).toEqual([digest]);
    expect(await shared.has(digest)).toBe(true);
  });

  it('that is cut off leaves no release, and goes on where it was', async () => {
    let left = 3;
    const { bucket, objects } = memoryBucket((what) => {
      if (what.startsWith('create') && left-- <= 0) throw new SoundBiteError('release-store-down', 'gone');
    });
    const shared = sharedReleases(bucket);
    const digest = smallRelease(ana);
    const release = await releaseStore(ana).get(digest);
    await expect(shared.push(release)).rejects.toMatchObject({ code: 'release-store-down' });
    expect(objects.size).toBe(3);
    expect(await shared.has(digest)).toBe(false);
    expect(await shared.list()).toEqual([]);
    left = Number.POSITIVE_INFINITY;
    expect(await shared.push(release)).toBe(4);
    expect(await shared.has(digest)).toBe(true);
  });

  it('by two homes at once puts each object once', async () => {
    const digest = smallRelease(ana);
    smallRelease(ben);
    const { bucket, objects } = memoryBucket();
    const shared = sharedReleases(bucket);
    const puts = await Promise.all([ana, ben].map(async (one) => shared.push(await releaseStore(one).get(digest))));
    expect(puts.reduce((sum, put) => sum + put, 0)).toBe(7);
    expect(objects.size).toBe(7);
  });

  it.each<[string, string, string | null | undefined, RegExp]>([
    ['of another size', 'code and more', undefined, /service\.zip has 13 bytes instead of 4$/],
    ['with other bytes', 'cods', undefined, /service\.zip is not what was cut$/],
    ['with other bytes, of which the bucket knows no digest', 'cods', null, /service\.zip is not what was cut$/],
  ])('never overwrites an object %s, and names it', async (_what, text, sha256, message) => {
    const digest = smallRelease(ana);
    const { bucket, put, objects } = memoryBucket();
    put(fileKey(digest, 'service.zip'), text, sha256);
    const pushing = sharedReleases(bucket).push(await releaseStore(ana).get(digest));
    await expect(pushing).rejects.toMatchObject({
      ...codeOf('release-copy-altered', message),
      hint: `remove that object, then, in a home that has the release: soundbite release push ${digest}`,
    });
    expect(String(objects.get(fileKey(digest, 'service.zip'))?.bytes)).toBe(text);
    expect(objects.has(manifestKey(digest))).toBe(false);
  });
});

describe('a release that only the shared store has', () => {
  it('is fetched when it is asked for, is the home’s own from then on, and is no newer than what was cut here', async () => {
    const cut = smallRelease(ben, { more: '1' });
    utimesSync(join(ben, cut.slice(7), 'manifest.json'), 5000, 5000);
    const { digest, bens, asked } = await pushed();
    expect(await bens.get(digest)).toMatchObject({ digest, directory: join(ben, digest.slice(7)) });
    expect(readdirSync(ben).sort()).toEqual([cut.slice(7), digest.slice(7)].sort());
    expect(statSync(join(ben, digest.slice(7), 'service.zip')).mode & 0o777).toBe(0o444);
    asked.length = 0;
    await bens.verify(digest);
    await (await bens.scratch(digest, 'staging')).remove();
    expect(asked).toEqual([]);
    expect((await bens.list()).map((one) => one.digest)).toEqual([cut, digest]);
    // Until it is cut here, too.
    for (const one of [cut, digest]) await recut(join(ben, one.slice(7)));
    expect((await bens.list()).map((one) => one.digest)).toEqual([digest, cut]);
  });

  it('is fetched once for all who ask at the same time, and by two processes at once', async () => {
    const { digest, bens, shared, asked } = await pushed();
    const other = sharingStore(ben, releaseStore(ben), shared);
    await Promise.all([bens.get(digest), bens.verify(digest), bens.scratch(digest, 'staging'), other.get(digest)]);
    expect(asked.filter((what) => what === `read ${manifestKey(digest)}`)).toHaveLength(2);
    await releaseStore(ben).verify(digest);
    expect(readdirSync(ben).filter((name) => !name.startsWith('.scratch'))).toEqual([digest.slice(7)]);
  });

  it('says of itself what it is, and stays where it is', async () => {
    const { digest, shared } = await pushed();
    const { manifest, provenance } = await releaseStore(ana).get(digest);
    expect(await shared.documents(digest)).toEqual({ manifest, provenance });
    expect(readdirSync(ben)).toEqual([]);
  });

  it.each<[string, (key: (path: string) => string, objects: Map<string, { bytes: Buffer }>) => void, RegExp]>([
    ['other bytes', (key, on) => change(on, key('service.zip'), 'cods'), /service\.zip is not what was cut$/],
    ['a truncated file', (key, on) => change(on, key('service.zip'), 'co'), /service\.zip has 2 bytes instead of 4$/],
    ['a missing file', (key, on) => void on.delete(key('assembly/staging/cdk.out')), /staging\/cdk\.out is missing$/],
    ['another provenance', (key, on) => change(on, key('provenance.json'), '{}'), /provenance\.json has 2 bytes/],
  ])('with %s is refused by the name of the object, and leaves nothing', async (_what, alter, message) => {
    const { digest, bens, objects } = await pushed();
    alter((path) => fileKey(digest, path), objects);
    const refused = await bens.get(digest).catch((error: unknown) => error);
    expect(refused).toMatchObject(codeOf('release-copy-altered', message));
    expect((refused as Error).message).toContain(`s3://team/releases/${digest.slice(7)}/`);
    expect(rowOfError(refused).verdict).toBe('machinery');
    expect(readdirSync(ben)).toEqual([]);
  });

  it('with another manifest is refused', async () => {
    const { digest, bens, objects } = await pushed();
    change(objects, manifestKey(digest), '{}');
    await expect(bens.get(digest)).rejects.toMatchObject(
      codeOf('release-copy-altered', `s3://team/releases/${manifestKey(digest)} is not what was cut`),
    );
    expect(readdirSync(ben)).toEqual([]);
  });

  it('whose manifest leads out of its directory is refused', async () => {
    const evil = smallRelease(ana, { '../evil': 'x' });
    const { bucket, put } = memoryBucket();
    put(manifestKey(evil), readFileSync(join(ana, evil.slice(7), 'manifest.json'), 'utf8'));
    const bens = sharingStore(ben, releaseStore(ben), sharedReleases(bucket));
    await expect(bens.get(evil)).rejects.toMatchObject(
      codeOf('release-copy-altered', /evil leads out of the release$/),
    );
    expect(existsSync(join(ben, 'evil'))).toBe(false);
    expect(readdirSync(ben)).toEqual([]);
  });

  it('is refused as unknown where its form is newer, and where nobody has it', async () => {
    const text = JSON.stringify({ format: 'soundbite.release/2' });
    const { bucket, put } = memoryBucket();
    put(manifestKey(digestOf(text)), text);
    const bens = sharingStore(ben, releaseStore(ben), sharedReleases(bucket));
    await expect(bens.get(digestOf(text))).rejects.toMatchObject(codeOf('release-unknown', /format that this version/));
    await expect(bens.get(digestOf('nowhere'))).rejects.toMatchObject(
      codeOf('release-unknown', /is neither in this home nor in s3:\/\/team\/releases$/),
    );
  });
});

describe('a shared store that fails', () => {
  it('is asked again for the same release after a moment, and what is here needs it not', async () => {
    let isDown = false;
    const down = () => {
      if (isDown) throw new SoundBiteError('release-store-down', 'gone');
    };
    const { digest, shared, asked } = await pushed(down);
    let now = 0;
    const bens = sharingStore(ben, releaseStore(ben), shared, () => now);
    isDown = true;
    for (let time = 0; time < 3; time++)
      await expect(bens.get(digest)).rejects.toMatchObject({ code: 'release-store-down' });
    expect(asked).toHaveLength(1);
    now = 5_000;
    isDown = false;
    await bens.get(digest);
    isDown = true;
    await bens.verify(digest);
  });

  it('in the middle of a fetch leaves nothing; what a killed one left goes with the next', async () => {
    let fails = '';
    const { digest, bens, shared } = await pushed((what) => {
      if (fails && what === fails) throw new SoundBiteError('release-store-down', 'gone');
    });
    fails = `read ${fileKey(digest, 'settings/staging.json')}`;
    await expect(bens.get(digest)).rejects.toMatchObject({ code: 'release-store-down' });
    expect(readdirSync(ben)).toEqual([]);
    fails = '';
    // The largest process id that Linux gives is 4194304.
    mkdirSync(join(ben, '.fetching-4999999-dead/deep'), { recursive: true });
    await sharingStore(ben, releaseStore(ben), shared).get(digest);
    expect(readdirSync(ben)).toEqual([digest.slice(7)]);
  });

  it('is looked at by listing, writing once and reading', async () => {
    const { bucket, asked, objects } = memoryBucket();
    await sharedReleases(bucket).check();
    await sharedReleases(bucket).check();
    expect([...objects.keys()]).toEqual(['doctor.txt']);
    expect(asked.slice(0, 3)).toEqual(['list ', 'create doctor.txt', 'read doctor.txt']);
    expect(await sharedReleases(bucket).list()).toEqual([]);
  });
});

function change(objects: Map<string, { bytes: Buffer }>, key: string, text: string): void {
  const object = objects.get(key);
  if (!object) throw new Error(`no object ${key}`);
  object.bytes = Buffer.from(text);
}
