import { hostname } from 'node:os';
import { join } from 'node:path';
import { accountParts, clouds } from '@soundbite/clouds';
import { containersOf, nameOnEngine } from '@soundbite/containers';
import { edgeClient, edgeSpec } from '@soundbite/edge';
import { type EngineEvent, placeOf, startEngine } from '@soundbite/engine';
import { programCollector } from '@soundbite/evidence';
import {
  type Containers,
  type Digest,
  demandSharedDatabase,
  type Environment,
  type ReleaseStore,
  type Runtime,
  type Supervisor,
} from '@soundbite/model';
import { ensurePostgres, homeIdAt } from '@soundbite/processes';
import { pickPort } from '@soundbite/processes/ports.ts';
import {
  cutRelease,
  inputsDigest,
  releaseStore,
  s3Bucket,
  sealAdopted,
  sharedReleases,
  sharingStore,
  templateOf,
} from '@soundbite/release';
import {
  awsRuntime,
  cloudAlarms,
  composeRuntime,
  infrastructure,
  type ProcessRuntimeOptions,
  processRuntime,
  releaseImages,
} from '@soundbite/runtimes';
import { authorsIn } from '../authors.ts';
import { environmentState } from '../condition.ts';
import type { Config } from '../config.ts';
import { takeDownEnvironment } from '../destroy.ts';
import { differencesOf } from '../differences.ts';
import { handBackEnvironment } from '../handback.ts';
import { rememberDatabase } from '../last-database.ts';
import { runningVersion } from '../version.ts';
import { type CredentialsEndpoint, credentialsEndpoint } from './credentials.ts';
import { declarationReader, environmentsOnLambda } from './declaration.ts';
import { diskRoom } from './disk-room.ts';
import { lookMemory } from './look-memory.ts';
import { orderedClouds } from './ordered-clouds.ts';
import { homeSecret } from './secrets.ts';
import type { Log, World } from './world.ts';

/** Listeners, while the world is bound. */
interface Told {
  /** Another process took this one's place. */
  lost(error: Error): void;
  /** Credentials can be given from now on; promotions go on after this only. */
  credentials(endpoint: CredentialsEndpoint): void;
}

/** Binds every port to its implementation: the only file that names them. */
export async function compose(
  config: Config,
  supervisor: Supervisor,
  url: string,
  log: Log,
  told: Told,
): Promise<World> {
  const { home, installation, node, python } = config;
  const declaration = declarationReader(config);
  demandSharedDatabase(declaration().environments, config.databaseUrl);

  const databaseUrl = config.databaseUrl ?? (await ensurePostgres(supervisor, home));
  const releases = boundReleases(config, log);
  const allClouds = orderedClouds(
    clouds(
      supervisor,
      { home, root: installation, node, python, shownAddress: config.shownAddress },
      environmentsOnLambda(declaration),
    ),
    config.databaseUrl,
  );
  const edge = await startedEdge(config, supervisor);
  const credentials = credentialsEndpoint({
    secret: await homeSecret(home, 'credentials'),
    url: () => url,
    declaration,
    clouds: allClouds,
    userSettings: config.userSettings,
  });
  const machine = { supervisor, edge, accountParts, releases: releases.ownReleases };
  const relaySecret = await homeSecret(home, 'relay');
  const containers = containersOf({
    ...{ installation: homeIdAt(home), supervisor, freePort: pickPort },
    ...{ nodePath: node, relaySecret, reach: config.reach },
  });
  if (config.reach === 'network') await containers.rejoin();
  const deployment = boundDeployment(machine, containers, config, credentials, log);
  const linkSecret = await homeSecret(home, 'approval-links');
  const images = releaseImages(containers, home);
  const given = { config, url, images, declaration, supervisor, clouds: allClouds, edge, credentials, linkSecret, log };
  const world: EnginelessWorld = { ...given, ...releases, ...deployment, diskRoom: () => diskRoom(home) };
  told.credentials(credentials);
  return { ...world, engine: await startedEngine(world, databaseUrl, told) };
}

type EnginelessWorld = Omit<World, 'engine'>;

async function startedEdge(
  { home, installation, node, reach }: Config,
  supervisor: Supervisor,
): Promise<World['edge']> {
  const token = await homeSecret(home, 'edge-token');
  const containers = reach === 'network' ? nameOnEngine(homeIdAt(home), '') : undefined;
  const { port } = await supervisor.ensure(edgeSpec(home, installation, node, token, containers));
  return edgeClient(`http://127.0.0.1:${port}`, token);
}

type BoundReleases = Pick<
  World,
  'releases' | 'ownReleases' | 'sharedReleases' | 'template' | 'cut' | 'cutIfChanged' | 'seal'
>;

/** The releases of this home, behind them those of the store that homes share, and what makes new ones. */
function boundReleases(config: Config, log: Log): BoundReleases {
  const store = join(config.home, 'releases');
  const ownReleases = releaseStore(store);
  const shared = config.releaseStore ? sharedReleases(s3Bucket(config.releaseStore)) : null;
  const releases = shared ? sharingStore(store, ownReleases, shared) : ownReleases;
  const cut: World['cut'] = (source) =>
    cutRelease({ source, store, runtime: config.runtime, emit: (event) => log.info({ event }, 'cut') });
  return {
    releases,
    ownReleases,
    sharedReleases: shared,
    template: templateFrom(ownReleases),
    seal: (environment, live) => sealAdopted({ source: config.root, store, environment, ...live }),
    cut,
    async cutIfChanged(source) {
      const newest = (await releases.list())[0];
      const isOfRuntime = (newest?.provenance.runtime ?? null) === config.runtime;
      if (!isOfRuntime || newest?.provenance.inputs !== (await inputsDigest(source))) return cut(source);
      const { commit, dirty, uncommitted = [] } = newest.provenance;
      return { release: newest.digest, path: newest.directory, commit, dirty, uncommitted, created: false };
    },
  };
}

const templateFrom =
  (releases: ReleaseStore): World['template'] =>
  async (release, environment) =>
    templateOf(await releases.get(release as Digest), environment);

/** The parts that deploy a release and serve it; looks at them are remembered until a change. */
function boundDeployment(
  machine: Pick<ProcessRuntimeOptions, 'supervisor' | 'edge' | 'accountParts' | 'releases'>,
  containers: Containers,
  { home, node }: Config,
  credentials: CredentialsEndpoint,
  log: Log,
): Pick<World, 'looks' | 'infrastructure' | 'runtime'> {
  const looks = lookMemory();
  const onMachine = { ...machine, containers, home, nodePath: node, credentialsEnv: credentials.env };
  const runtimes: Record<Environment['runtime'], Runtime> = {
    process: looks.runtime(processRuntime(onMachine)),
    compose: looks.runtime(composeRuntime(onMachine)),
    aws: looks.runtime(awsRuntime(machine)),
  };
  const emit = (event: unknown) => log.info({ event }, 'infrastructure');
  return { looks, infrastructure: looks.infrastructure(infrastructure({ emit })), runtime: (kind) => runtimes[kind] };
}

/** Promotions go on from here. */
async function startedEngine(world: EnginelessWorld, databaseUrl: string, { lost }: Told): Promise<World['engine']> {
  const { config } = world;
  const home = { id: homeIdAt(config.home), host: hostname() };
  const engine = await startEngine({
    databaseUrl,
    executor: `${home.host}-${home.id.slice(0, 8)}`,
    ...(config.databaseUrl ? { home } : {}),
    lost,
    version: await runningVersion(config.installation),
    ports: {
      declaration: world.declaration,
      releases: world.releases,
      template: templateFrom(world.releases),
      clouds: world.clouds,
      infrastructure: world.infrastructure,
      runtime: world.runtime,
      alarms: cloudAlarms(),
      programs: programCollector({ program: world.releases.program }),
      takeDown: (environment, fence) => takeDownEnvironment(world, environment, fence),
      handBack: (environment, fence) => handBackEnvironment(world, environment, fence),
      healthy: async (environment, live) => (await environmentState(world, environment, live)) === 'healthy',
      differences: (environment, recorded) => differencesOf(world, environment, recorded),
      authors: authorsIn(config.root, world.releases),
      emit: (event) => logEngine(world.log, event),
    },
  });
  const place = config.databaseUrl ? placeOf(config.databaseUrl) : null;
  await rememberDatabase(config.home, { installation: engine.installation, place });
  return engine;
}

function logEngine(log: Log, { error, ...event }: EngineEvent): void {
  if (error === undefined) log.info(event, event.message);
  else log.warn({ ...event, err: error }, event.message);
}
