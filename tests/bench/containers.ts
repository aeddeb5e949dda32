import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Status } from '@soundbite/client';
import { type EngineCalls, engineCalls } from '../../packages/containers/src/calls.ts';
import { chosenBase, inspectImage } from '../../packages/containers/src/images/base.ts';
import { containerMemory } from '../../packages/containers/src/memory.ts';
import { tarOf } from '../../packages/containers/src/tar.ts';
import { unzip } from '../../packages/runtimes/src/process/unzip.ts';
import { underLoad } from './containers-load.ts';
import { ofHome } from './containers-of-home.ts';
import { homeProcesses } from './memory.ts';
import { type BenchStage, percentile, rounded, stage, timed } from './stage.ts';

/** How long the house is left alone before its memory is taken, in s. */
const restSeconds = 60;

const rollbackCount = 20;

/** A home of containers, from nothing: its own `up`, promotions, rollbacks, images, memory, and each component under load. */
export async function containers(): Promise<object> {
  const calls = engineCalls();
  const place = await stage(engineVariables());
  try {
    // The load is 55 requests a second.
    await place.copy.edit('environments.yaml', 'requestsPerSecond: 50', 'requestsPerSecond: 100');
    await place.copy.commit('More requests than are measured');
    // Images are there from then on, and outlive the home.
    await place.soundbite('up', '--runtime', 'compose');
    await place.soundbite('down', '--purge');
    const up = await timed(() => place.soundbite<Status>('up', '--runtime', 'compose'));
    if (up.value.environments.some(({ state }) => state !== 'healthy'))
      throw new Error('not all environments are healthy');
    const one = (await ofHome(calls, place.home))[0];
    const size = {
      ...(await imageSize(calls, one?.image ?? '')),
      ...(await movedSize(place.home, one?.release ?? '')),
    };
    const promotions = await promoted(place);
    const rollbacks = await rolledBack(place);
    const house = await atRest(calls, place.home);
    const load: Record<string, object> = {};
    for (const environment of ['dev-localstack', 'production']) {
      const live = (await place.status()).environments.find(({ name }) => name === environment)?.release;
      const own = await ofHome(calls, place.home);
      const serving = own.filter((one) => one.environment === environment && one.release === live);
      load[environment] = await underLoad(calls, serving, await place.url(environment));
    }
    return {
      bench: 'containers',
      upSeconds: rounded(up.seconds),
      promotionsSeconds: rounded(promotions),
      ...{ rollbackP50Seconds: percentile(rollbacks, 0.5), rollbackP95Seconds: percentile(rollbacks, 0.95) },
      ...size,
      ...house,
      load,
      must: {
        upSeconds: 60,
        promotionsSeconds: 25,
        rollbackP95Seconds: 1,
        imageMB: 250,
        applicationMB: 15,
        houseMB: 2048,
      },
    };
  } finally {
    await place.end();
  }
}

/** Which engine, and which base: as whoever runs the bench has it. */
const engineVariables = (): Record<string, string> =>
  Object.fromEntries(
    ['DOCKER_HOST', 'SOUNDBITE_BASE_IMAGE'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );

/** One new release whose images were made before, through all environments. */
async function promoted(place: BenchStage): Promise<number> {
  await place.copy.edit(
    'apps/service/src/http/soundbites.ts',
    'const LARGEST_PAGE = 100;',
    'const LARGEST_PAGE = 101;',
  );
  await place.copy.commit('A change to promote');
  const { release } = await place.soundbite<{ release: string }>('release', 'cut');
  await place.soundbite('release', 'image', '--all', '--release', release);
  const { seconds } = await timed(() =>
    place.soundbite('promote', 'dev-localstack', '--release', release, '--through', 'production'),
  );
  return seconds;
}

/**
 * From the command to the first answer of the old release, each in s. What is gone back to is the release before, which runs; what is gone away from is removed, so
 * it is promoted anew each time.
 */
async function rolledBack(place: BenchStage): Promise<number[]> {
  const url = await place.url('production');
  const running = async () => ((await (await fetch(`${url}/version`)).json()) as { release: string }).release;
  const newer = await running();
  const all: number[] = [];
  for (let round = 0; round < rollbackCount; round++) {
    if (round > 0) await place.soundbite('promote', 'production', '--release', newer);
    const from = performance.now();
    const command = place.soundbite('rollback', 'production');
    while ((await running()) === newer) await new Promise((resolve) => setTimeout(resolve, 5));
    all.push(rounded((performance.now() - from) / 1000));
    await command;
  }
  return all;
}

/** In MB, as `docker images` says it; what is above the base is the release's. */
async function imageSize(calls: EngineCalls, image: string) {
  const base = await chosenBase(calls);
  const [whole, below] = [await inspectImage(calls, image), base === null ? null : await inspectImage(calls, base)];
  const megabytes = (bytes: number) => rounded(bytes / 1e6, 1);
  return {
    imageMB: megabytes(whole?.Size ?? Number.NaN),
    applicationMB: whole && below ? megabytes(whole.Size - below.Size) : null,
  };
}

/** In MB: the layer of a release as registries keep and move it, with gzip. */
async function movedSize(home: string, release: string) {
  const zip = await readFile(join(home, 'releases', release.replace('sha256:', ''), 'service.zip'));
  const owner = { mode: 0o444, uid: 0, gid: 0, mtime: 0 };
  const layer = await tarOf([...(await unzip(zip))].map(([path, bytes]) => ({ path: `app/${path}`, bytes, ...owner })));
  return { applicationMovedMB: rounded(gzipSync(layer).length / 1e6, 1) };
}

/** All containers, with those kept for a rollback, and all processes of the home on this machine. */
async function atRest(calls: EngineCalls, home: string) {
  await new Promise((resolve) => setTimeout(resolve, restSeconds * 1000));
  const [inside, processes] = await Promise.all([
    Promise.all((await ofHome(calls, home)).map(async ({ id }) => (await containerMemory(calls, id)).usedMiB ?? 0)),
    homeProcesses(home),
  ]);
  const containersMB = inside.reduce((sum, one) => sum + one, 0);
  const processesMB = processes.reduce((sum, { megabytes }) => sum + megabytes, 0);
  return {
    houseMB: rounded(containersMB + processesMB, 0),
    containersMB: rounded(containersMB, 0),
    containers: inside.length,
    processesMB: rounded(processesMB, 0),
    processes: processes.length,
  };
}
