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
import { percentile, rounded, timed } from './stage.ts';

const promotions = 100_000;
const releaseCount = 1_000;
/** Of each query; the first tenth warms up. */
const times = 110;

/** Ten environments of processes, in order. */
const environments: readonly Environment[] = Array.from({ length: 10 }, (_, number) => ({
  ...(declared[0] as Environment),
  name: `bench-${number}`,
}));

/**
 * What HTTP queries of promotions, releases and environments take over a year's records, in ms: the control plane's own server on a Postgres and a store of
 * releases of this bench; what runs is not looked at. One query at a time, each kind in its turn.
 */
export async function history(): Promise<object> {
  const directory = await mkdtemp(join(tmpdir(), 'soundbite-history-'));
  const postgres = await temporaryPostgres();
  try {
    const { seconds, value: releases } = await timed(() => generated(postgres.url, directory));
    const { largestPage, ...p95Ms } = await measured(postgres.url, directory, releases);
    const must = { p95Ms: 50 };
    const figures = { promotions, releases: releaseCount, environments: environments.length, times: times * 0.9 };
    return {
      bench: 'history',
      ...{ ...figures, generatedSeconds: rounded(seconds, 0) },
      ...{ p95Ms: Math.max(...Object.values(p95Ms)), byQueryP95Ms: p95Ms, largestPageP95Ms: largestPage, must },
    };
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
  await generateHistory(client, whole);
  await client.end();
  return releases;
}

const ports = () => fakeWorld([...environments]).ports;

const engineOn = (databaseUrl: string): Promise<Engine> =>
  startEngine({ databaseUrl, executor: 'bench', ports: ports(), lost: (error) => Promise.reject(error) });

/** The 95th percentile of each kind of query. */
async function measured(
  databaseUrl: string,
  directory: string,
  releases: readonly Digest[],
): Promise<Record<string, number>> {
  const engine = await engineOn(databaseUrl);
  const server = await listen(0, () => new Response(null, { status: 503 }));
  const secret = 'the bench’s own';
  const world = worldOf(engine, directory);
  server.serve(httpApp(controlPlane(world), controlPlaneAuthority(world, digestOf(secret)), pageSource()).fetch);
  try {
    const ms = new Map<string, number[]>();
    for (let time = 0; time < times; time++)
      for (const [kind, path] of Object.entries(queries(time, releases))) {
        const taken = await asked(`http://127.0.0.1:${server.port}${path}`, digestOf(secret));
        if (time >= times / 10) ms.set(kind, [...(ms.get(kind) ?? []), taken]);
      }
    return Object.fromEntries([...ms].map(([kind, all]) => [kind, rounded(percentile(all, 0.95), 1)]));
  } finally {
    await server.close();
    await engine.stop();
  }
}

/** Others each time. */
function queries(time: number, releases: readonly Digest[]): Record<string, string> {
  const environment = `bench-${time % environments.length}`;
  const release = releases[(time * 7919) % releases.length] ?? '';
  // The ids are made as generateHistory makes them.
  const n = (time * 7919) % (promotions - 20);
  return {
    promotions: '/v1/promotions',
    promotionsOfOne: `/v1/promotions?environment=${environment}`,
    largestPage: '/v1/promotions?limit=500',
    promotion: `/v1/promotions/p-${n}`,
    timeline: `/v1/promotions/p-${n}/timeline`,
    releases: '/v1/releases',
    release: `/v1/releases/${release}`,
    evidence: `/v1/releases/${release}/evidence`,
    environments: '/v1/environments',
    environment: `/v1/environments/${environment}`,
    why: `/v1/environments/${environment}/why`,
    freezes: '/v1/freezes',
    taints: '/v1/taints',
  };
}

async function asked(url: string, token: string): Promise<number> {
  const begun = performance.now();
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 500)}`);
  return performance.now() - begun;
}

/** Releases and records are real; nothing runs. */
function worldOf(engine: Engine, directory: string): World {
  const { clouds, infrastructure, runtime, declaration } = ports();
  const store = releaseStore(directory);
  const log = { info() {}, warn() {}, error() {} };
  return {
    ...{ engine, declaration, clouds, infrastructure, runtime, log, looks: lookMemory() },
    ...{ releases: store, ownReleases: store, sharedReleases: null, template: async () => ({ Resources: {} }) },
    config: { root: directory, home: join(directory, 'home'), devSilenceSeconds: 60 },
    url: 'http://127.0.0.1',
  } as unknown as World;
}
