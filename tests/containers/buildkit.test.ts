import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { engineCalls } from '../../packages/containers/src/calls.ts';
import { chosenBase } from '../../packages/containers/src/images/base.ts';
import { applicationContext, environmentContext } from '../../packages/containers/src/images/context.ts';
import {
  applicationLabels,
  applicationTag,
  imageLabels,
  imageTag,
} from '../../packages/containers/src/images/names.ts';
import { buildImage, releasedImages } from '../../packages/containers/src/images/released.ts';
import type { ImageOrder } from '../../packages/model/src/index.ts';
import { provenBundle } from '../../packages/runtimes/src/bundle.ts';
import { unzip } from '../../packages/runtimes/src/process/unzip.ts';
import { declared } from '../parts/runtimes/environment.ts';
import { fixtureRelease } from '../parts/runtimes/fixture-release.ts';
import { testEngine } from './test-engine.ts';

/** SoundBite asks the engine's own builder. Who builds the same recipes by hand has BuildKit today: it must make what is proven to be the release's. */

const withBuildKit = { ...process.env, DOCKER_BUILDKIT: '1' };

/** A client that has BuildKit: an older one by itself, a newer one by its plugin buildx; null: none of this machine. */
function buildKitClient(): string | null {
  const clients = (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, 'docker'));
  const input = 'FROM scratch\nLABEL tried=true\n';
  const builds = (client: string) => {
    const { status, stdout } = spawnSync(client, ['build', '--quiet', '-'], {
      env: withBuildKit,
      input,
      timeout: 30_000,
    });
    if (status === 0) spawnSync(client, ['rmi', stdout.toString('utf8').trim()]);
    return status === 0;
  };
  return clients.find(builds) ?? null;
}

const client = buildKitClient();
const { docker, installation } = testEngine();
const engine = { calls: engineCalls(), installation };
let directory: string;
let order: ImageOrder;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'soundbite-buildkit-'));
  const release = await fixtureRelease(directory, [declared('staging')], { note: `buildkit ${Date.now()}` });
  const files = await unzip(await provenBundle(release));
  const { commit, committedAt } = release.provenance;
  order = { service: 'shop', release: release.digest, environment: 'staging', files, commit, committedAt };
});
afterAll(async () => {
  for (const tag of [applicationTag(order), imageTag(order, installation)])
    await docker('rmi', '--force', tag).catch(() => undefined);
  await rm(directory, { recursive: true, force: true });
});

async function build(
  context: Uint8Array,
  tag: string,
  labels: Readonly<Record<string, string>>,
  argument: string,
): Promise<void> {
  const told = Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]);
  const args = ['build', '--tag', tag, ...told, '--build-arg', argument, '--no-cache', '-'];
  const child = spawn(client ?? '', args, { env: withBuildKit, stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said += text.toString('utf8');
  });
  child.stdin.end(context);
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`docker build ended with ${code}: ${said}`);
}

it.skipIf(client === null)(
  'images that BuildKit makes of the same recipes are proven to be the release’s, with the same layer',
  async () => {
    const made = (await buildImage(engine, order)).image;
    for (const tag of [imageTag(order, installation), applicationTag(order)]) await docker('rmi', '--force', tag);
    const base = await chosenBase(engine.calls);
    await build(await applicationContext(order), applicationTag(order), applicationLabels(order), `BASE=${base}`);
    await build(
      ...([await environmentContext(order), imageTag(order, installation), imageLabels(order)] as const),
      `APPLICATION=${applicationTag(order)}`,
    );
    const proven = await releasedImages(engine).verifyImage(order);
    expect(proven?.applicationLayer).toBe(made.applicationLayer);
    expect(await buildImage(engine, order)).toMatchObject({ made: false, putRight: [] });
  },
);
