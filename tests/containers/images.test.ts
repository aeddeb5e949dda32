import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { engineCalls } from '../../packages/containers/src/calls.ts';
import { applicationTag } from '../../packages/containers/src/images/names.ts';
import { buildImage, releasedImages } from '../../packages/containers/src/images/released.ts';
import { tarOf } from '../../packages/containers/src/tar.ts';
import { type ImageOrder, type Release, shortDigest } from '../../packages/model/src/index.ts';
import { provenBundle } from '../../packages/runtimes/src/bundle.ts';
import { unzip } from '../../packages/runtimes/src/process/unzip.ts';
import { declared } from '../parts/runtimes/environment.ts';
import { fixtureRelease } from '../parts/runtimes/fixture-release.ts';
import { testEngine } from './test-engine.ts';

/** Images of one release on a real engine: equal where they must be, and told from what is not the release's. */

const environments = ['dev-localstack', 'dev-aws', 'dev-aws-deployed', 'staging', 'production'];
const { docker, installation } = testEngine();
const engine = { calls: engineCalls(), installation };
const { calls } = engine;
let directory: string;
let release: Release;
let files: ImageOrder['files'];

const order = (environment: string): ImageOrder => {
  const { commit, committedAt } = release.provenance;
  return { service: 'shop', release: release.digest, environment, files, commit, committedAt };
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'soundbite-images-'));
  const behaviour = { note: `images ${Date.now()}` };
  release = await fixtureRelease(
    directory,
    environments.map((name) => declared(name)),
    behaviour,
  );
  files = await unzip(await provenBundle(release));
});
afterAll(async () => {
  const [repository] = applicationTag(order('')).split(':');
  const tags = await docker(
    'images',
    `${repository}:${shortDigest(release.digest)}*`,
    '--format',
    '{{.Repository}}:{{.Tag}}',
  );
  for (const tag of tags.split('\n')) if (tag !== '') await docker('rmi', '--force', tag);
  await rm(directory, { recursive: true, force: true });
});

it('all environments of a release have one application layer, also when it is built anew', async () => {
  const layers = new Set<string>();
  for (const name of environments) layers.add((await buildImage(engine, order(name))).image.applicationLayer);
  const anew = await buildImage(engine, order('staging'), { anew: true });
  layers.add(anew.image.applicationLayer);
  expect([...layers]).toEqual([expect.stringMatching(/^sha256:[0-9a-f]{64}$/)]);
  expect(anew.image.size).toBeLessThan(250e6);
});

it('the one that is there is taken once it is proven', async () => {
  const { image } = await buildImage(engine, order('staging'));
  expect(await buildImage(engine, order('staging'))).toEqual({ image, made: false, putRight: [] });
  expect(await releasedImages(engine).verifyImage(order('staging'))).toEqual(image);
  expect(await releasedImages(engine).verifyImage({ ...order('staging'), environment: 'none' })).toBeNull();
});

it('says whose it is, and nothing that is secret', async () => {
  const tag = (await buildImage(engine, order('production'))).image.tag;
  const [{ Config }] = JSON.parse(await docker('inspect', tag)) as [{ Config: Record<string, unknown> }];
  expect(Config).toMatchObject({
    User: '10001:10001',
    Labels: {
      'dev.soundbite.release': release.digest,
      'dev.soundbite.environment': 'production',
      'org.opencontainers.image.revision': release.provenance.commit,
      'org.opencontainers.image.created': release.provenance.committedAt,
    },
  });
  const told = `${JSON.stringify(Config)} ${await docker('history', '--no-trunc', tag)}`;
  expect(told).not.toMatch(/TOKEN|SECRET|PASSWORD|AKIA/);
});

it.each<[string, string, RegExp]>([
  ['an altered file', 'COPY altered /app/index.mjs', /app\/index.mjs/],
  ['a file that was added', 'COPY altered /app/more.mjs', /app\/more.mjs/],
  ['another label', 'LABEL org.opencontainers.image.revision=other', /revision is other/],
  ['root as its user', 'USER 0', /runs as 0/],
  ['another program', 'ENTRYPOINT ["node", "/app/other.mjs"]', /it starts node \/app\/other.mjs/],
  ['a variable that was added', 'ENV SOUNDBITE_SETTINGS={}', /variable SOUNDBITE_SETTINGS is not the release's/],
  ['what makes Node load more', 'ENV NODE_OPTIONS=--import=/tmp/a.mjs', /variable NODE_OPTIONS is --import/],
  ['an argument', 'CMD ["worker"]', /it starts .* worker/],
  ['what looks like a secret', 'ENV API_TOKEN=abc', /API_TOKEN looks like a secret/],
])('an image under its name with %s is told, and is put right when it is made', async (_, step, said) => {
  const { image } = await buildImage(engine, order('staging'));
  await forge(image.tag, step);
  await expect(releasedImages(engine).verifyImage(order('staging'))).rejects.toMatchObject({
    code: 'image-altered',
    message: expect.stringMatching(said),
  });
  const again = await buildImage(engine, order('staging'));
  expect(again.putRight).toEqual([expect.stringContaining(image.tag)]);
  expect(again.image).toEqual(image);
});

it('two homes of one engine make their own image of a release, and neither takes the other’s name', async () => {
  const { image } = await buildImage(engine, order('staging'));
  const other = { calls, installation: '0other00-home' };
  const made = await buildImage(other, order('staging'), { anew: true });
  expect(made.image.tag).not.toBe(image.tag);
  expect(await releasedImages(engine).namedImage(order('staging'))).toEqual({ tag: image.tag, id: image.id });
  expect(await releasedImages(other).namedImage(order('staging'))).toEqual({ tag: made.image.tag, id: made.image.id });
});

/** Somebody builds on the release's image, and gives the result its name. */
async function forge(tag: string, step: string): Promise<void> {
  const bytes = await tarOf(
    Object.entries({ Dockerfile: `FROM ${tag}\n${step}\n`, altered: 'export {};\n' }).map(([path, text]) => ({
      ...{ path, bytes: Buffer.from(text), mode: 0o444 },
      ...{ uid: 0, gid: 0, mtime: 0 },
    })),
  );
  const told = await calls.bytes('POST', '/build', { query: { rm: true, t: tag }, bytes });
  expect(told.toString('utf8')).toMatch(/Successfully tagged|"aux"/);
}
