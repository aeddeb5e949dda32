import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { clouds } from '@soundbite/clouds';
import { edgeClient, edgeSpec } from '@soundbite/edge';
import { type EngineEvent, placeOf, startEngine } from '@soundbite/engine';
import { smokeCollector } from '@soundbite/evidence';
import {
  awsNames,
  type Digest,
  demandSharedDatabase,
  type Environment,
  type ReleaseStore,
  type Runtime,
  type Supervisor,
} from '@soundbite/model';
import { ensurePostgres, homeIdAt } from '@soundbite/processes';
import { cutRelease, inputsDigest, releaseStore, s3Bucket, sharedReleases, sharingStore } from '@soundbite/release';
import { awsRuntime, infrastructure, processRuntime } from '@soundbite/runtimes';
import { environmentState } from '../condition.ts';
import type { Config } from '../config.ts';
import { takeDownEnvironment } from '../destroy.ts';
import { rememberDatabase } from '../last-database.ts';
import { versionOf } from '../version.ts';
import { type CredentialsEndpoint, credentialsEndpoint } from './credentials.ts';
import { declarationReader } from './declaration.ts';
import { lookMemory } from './look-memory.ts';
import { orderedClouds } from './ordered-clouds.ts';
import { homeSecret } from './secrets.ts';
import type { Log, World } from './world.ts';

/** Who is told what, while the world is bound. */
interface Told {
  /** Another process took this one's place. */
  lost(error: Error): void;
  /** Credentials can be given from now on; promotions go on after this only. */
  credentials(endpoint: CredentialsEndpoint): void;
}

/** Binds every port to its implementation: the only place that names them. */
export async function compose(
  config: Config,
  supervisor: Supervisor,
  url: string,
  log: Log,
  told: Told,
): Promise<World> {
  const { home, root, node } = config;
  const declaration = declarationReader(config);
  demandSharedDatabase(declaration().environments, config.databaseUrl);

  const databaseUrl = config.databaseUrl ?? (await ensurePostgres(supervisor, home));
  const store = join(home, 'releases');
  const ownReleases = releaseStore(store);
  const shared = config.releaseStore ? sharedReleases(s3Bucket(config.releaseStore)) : null;
  const releases = shared ? sharingStore(store, ownReleases, shared) : ownReleases;
  const allClouds = orderedClouds(clouds(supervisor, { home, root, node }), config.databaseUrl);
  const edgeToken = await homeSecret(home, 'edge-token');
  const edgeProcess = await supervisor.ensure(edgeSpec(home, root, node, edgeToken));
  const edge = edgeClient(`http://127.0.0.1:${edgeProcess.port}`, edgeToken);
  const credentials = credentialsEndpoint({
    secret: await homeSecret(home, 'credentials'),
    url: () => url,
    declaration,
    clouds: allClouds,
    userSettings: config.userSettings,
  });
  const looks = lookMemory();
  const stacks = looks.infrastructure(infrastructure({ emit: (event) => log.info({ event }, 'infrastructure') }));
  const runtimes: Record<Environment['runtime'], Runtime> = {
    process: looks.runtime(
      processRuntime({
        supervisor,
        edge,
        releases: ownReleases,
        home,
        nodePath: node,
        credentialsEnv: credentials.env,
      }),
    ),
    aws: looks.runtime(awsRuntime({ supervisor, edge, releases: ownReleases })),
  };
  const templateFrom = (from: ReleaseStore) => async (release: string, environment: string) => {
    const { directory } = await from.get(release as Digest);
    return JSON.parse(
      await readFile(join(directory, 'assembly', environment, `${awsNames(environment).stack}.template.json`), 'utf8'),
    );
  };

  const partial: Omit<World, 'engine'> = {
    config,
    url,
    declaration,
    supervisor,
    clouds: allClouds,
    edge,
    infrastructure: stacks,
    runtime: (kind) => runtimes[kind],
    looks,
    releases,
    ownReleases,
    sharedReleases: shared,
    template: templateFrom(ownReleases),
    cut: (source) => cutRelease({ source, store, emit: (event) => log.info({ event }, 'cut') }),
    async cutIfChanged(source) {
      const newest = (await releases.list())[0];
      if (newest?.provenance.inputs !== (await inputsDigest(source))) return partial.cut(source);
      const { commit, dirty, uncommitted = [] } = newest.provenance;
      return { release: newest.digest, path: newest.directory, commit, dirty, uncommitted, created: false };
    },
    credentials,
    log,
  };
  told.credentials(credentials);
  const engine = await startEngine({
    databaseUrl,
    executor: `${hostname()}-${homeIdAt(home).slice(0, 8)}`,
    ...(config.databaseUrl ? { home: { id: homeIdAt(home), host: hostname() } } : {}),
    lost: told.lost,
    version: await versionOf(root),
    ports: {
      declaration,
      releases,
      template: templateFrom(releases),
      clouds: allClouds,
      infrastructure: stacks,
      runtime: (kind) => runtimes[kind],
      smoke: smokeCollector({}),
      takeDown: (environment, fence) => takeDownEnvironment(partial, environment, fence),
      healthy: async (environment, live) => (await environmentState(partial, environment, live)) === 'healthy',
      emit: (event) => logEngine(log, event),
    },
  });
  const place = config.databaseUrl ? placeOf(config.databaseUrl) : null;
  await rememberDatabase(home, { installation: engine.installation, place });
  return { ...partial, engine };
}

function logEngine(log: Log, { error, ...event }: EngineEvent): void {
  if (error === undefined) log.info(event, event.message);
  else log.warn({ ...event, err: error }, event.message);
}
