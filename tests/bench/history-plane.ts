import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, startEngine } from '@soundbite/engine';
import { type Digest, digestOf, type Environment } from '@soundbite/model';
import { releaseStore } from '@soundbite/release';
import { Client } from 'pg';
import { controlPlane } from '../../apps/control-plane/src/control-plane.ts';
import { httpApp } from '../../apps/control-plane/src/http/app.ts';
import { controlPlaneAuthority } from '../../apps/control-plane/src/http/authority.ts';
import { listen } from '../../apps/control-plane/src/http/server.ts';
import { pageSource } from '../../apps/control-plane/src/page-source.ts';
import { lookMemory } from '../../apps/control-plane/src/world/look-memory.ts';
import type { World } from '../../apps/control-plane/src/world/world.ts';
import { temporaryPostgres } from '../parts/engine/database.ts';
import { environments as declared } from '../parts/engine/declared.ts';
import { fakeWorld } from '../parts/engine/fakes.ts';
import { type GeneratedHistory, generateHistory } from './generated-history.ts';
import { generatedReleases } from './generated-releases.ts';
import { rounded, timed } from './stage.ts';

const promotions = 100_000;
const releaseCount = 1_000;

/** Ten environments of processes, in order. */
const environments: readonly Environment[] = Array.from({ length: 10 }, (_, number) => ({
  ...(declared[0] as Environment),
  name: `bench-${number}`,
}));

/** A control plane's own server over a year's records. */
export interface HistoryPlane {
  readonly url: string;
  readonly token: string;
  readonly engine: Engine;
  /** Oldest first. */
  readonly releases: readonly Digest[];
  readonly environments: readonly string[];
  /** The ids of promotions that have ended, by their numbers from 0. */
  promotion(number: number): string;
  /** What it holds, and how long it took to write. */
  readonly figures: object;
}

/** Serves a year's records while something is done, on a Postgres and a store of releases of its own; what runs is not looked at. */
export async function onHistory<Done>(work: (plane: HistoryPlane) => Promise<Done>): Promise<Done> {
  const directory = await mkdtemp(join(tmpdir(), 'soundbite-history-'));
  const postgres = await temporaryPostgres();
  try {
    const { seconds, value: releases } = await timed(() => generated(postgres.url, directory));
    const figures = { promotions, releases: releaseCount, environments: environments.length };
    return await served(postgres.url, directory, (plane) =>
      work({ ...plane, releases, figures: { ...figures, generatedSeconds: rounded(seconds, 0) } }),
    );
  } finally {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** The engine makes the tables; it is not there while they are filled. */
async function generated(databaseUrl: string, directory: string): Promise<readonly Digest[]> {
  const engine = await engineOn(databaseUrl);
  await engine.stop();
  const names = environments.map(({ name }) => name);
  const releases = await generatedReleases(directory, releaseCount, names);
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const whole: GeneratedHistory = { environments, releases, promotions };
  // Ended before the database is, or its own end would hide what went wrong.
  await generateHistory(client, whole).finally(() => client.end());
  return releases;
}

const ports = () => fakeWorld([...environments]).ports;

const engineOn = (databaseUrl: string): Promise<Engine> =>
  startEngine({ databaseUrl, executor: 'bench', ports: ports(), lost: (error) => Promise.reject(error) });

async function served<Done>(
  databaseUrl: string,
  directory: string,
  work: (plane: Omit<HistoryPlane, 'releases' | 'figures'>) => Promise<Done>,
): Promise<Done> {
  const engine = await engineOn(databaseUrl);
  const server = await listen(0, () => new Response(null, { status: 503 }));
  const token = digestOf('the bench’s own');
  const world = worldOf(engine, directory);
  server.serve(httpApp(controlPlane(world), controlPlaneAuthority(world, token), pageSource()).fetch);
  try {
    return await work({
      ...{ url: `http://127.0.0.1:${server.port}`, token, engine },
      environments: environments.map(({ name }) => name),
      // As generateHistory makes them; the last ones wait.
      promotion: (number) => `p-${number % (promotions - 20)}`,
    });
  } finally {
    await server.close();
    await engine.stop();
  }
}

/** Releases and records are real; nothing runs. */
function worldOf(engine: Engine, directory: string): World {
  const { clouds, infrastructure, runtime, declaration } = ports();
  const store = releaseStore(directory);
  const log = { info() {}, warn() {}, error() {} };
  return {
    ...{ engine, declaration, clouds, infrastructure, runtime, log, looks: lookMemory() },
    ...{ releases: store, ownReleases: store, sharedReleases: null, template: async () => ({ Resources: {} }) },
    supervisor: { list: async () => [] },
    config: { root: directory, home: join(directory, 'home'), devSilenceSeconds: 60 },
    url: 'http://127.0.0.1',
  } as unknown as World;
}
