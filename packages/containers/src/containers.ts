import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ContainerSpec,
  type Containers,
  type RunningContainer,
  SoundBiteError,
  type Supervisor,
} from '@soundbite/model';
import { type EngineCalls, engineCalls } from './calls.ts';
import { containerBody, containerDigest, putSecrets, secretsOf } from './create.ts';
import { releasedImages } from './images/released.ts';
import {
  answersWell,
  endOf,
  type InspectedContainer,
  inspectContainer,
  neverKilled,
  type OomKills,
  publishedPort,
  viewOfContainer,
} from './inspected.ts';
import { watchedCalls } from './life.ts';
import { linesOf, logEnd } from './logs.ts';
import { containerMemory } from './memory.ts';
import { homeByName, installationLabel, nameOnEngine, specLabel } from './names.ts';
import { ensureNetwork, gatewayHost, joinAll, removeNetwork } from './networks.ts';
import { byLoopback, containerReach, type Reach } from './reach.ts';
import { relaySpec, relayToken, startRelay } from './relay-spec.ts';
import { engineRoom } from './room.ts';
import { EngineRefusal, unlessMissing } from './trouble.ts';

export interface ContainersOptions {
  /** The id of the home. */
  readonly installation: string;
  readonly calls?: EngineCalls;
  readonly supervisor: Pick<Supervisor, 'ensure' | 'list'>;
  /** Node 24, for the relays. */
  readonly nodePath: string;
  /** What relays' tokens are made of. */
  readonly relaySecret: string;
  /** SOUNDBITE_REACH: `network` where the home is in a container of the engine itself. */
  readonly reach?: string | undefined;
  /** A port on 127.0.0.1 that is free: the last one, the wished one, or one near it; `taken` are promised to others. Error: `no-free-port`. */
  readonly freePort: (wished: number, last: number | null, taken: ReadonlySet<number>) => Promise<number>;
}

/** The engine's work for one installation. */
export function containersOf(options: ContainersOptions): Containers {
  const { installation, supervisor } = options;
  const { calls, life } = watchedCalls(options.calls ?? engineCalls());
  const reach = remembered(() => containerReach(calls, options.reach));
  const at: At = { calls, installation, supervisor, freePort: options.freePort, reach, turn: Promise.resolve() };
  const own = (name: string) => nameOnEngine(installation, name);
  return {
    life,
    ensure: (spec) => ensure(at, spec),
    async amend(name, secrets) {
      const found = await ourContainer(at, name);
      if (!found) return;
      const { variables = {}, ...rest } = JSON.parse((await secretsOf(calls, found.Id)) ?? '{}');
      await putSecrets(calls, found.Id, JSON.stringify({ ...rest, variables: { ...variables, ...secrets } }));
    },
    async stop(name) {
      const found = await ourContainer(at, name);
      if (found) await remove(at, found, name);
    },
    list: (labels) => list(at, labels),
    room: async () => engineRoom(calls, (await reach()).by),
    memory: (name) => containerMemory(at.calls, nameOnEngine(at.installation, name)),
    lines: async (name, after) => (await unlessMissing(linesOf(calls, own(name), after))) ?? { lines: [], last: after },
    network: (environment) => inTurn(at, async () => ensureNetwork(calls, installation, environment, await reach())),
    removeNetwork: async (environment) => removeNetwork(calls, installation, environment, await reach()),
    rejoin: async () => joinAll(calls, installation, await reach()),
    async relay(environment, network, targets) {
      const token = relayToken(options.relaySecret, environment);
      const spec = relaySpec({ environment, network, targets, token, nodePath: options.nodePath });
      const { port } = await startRelay(supervisor, spec);
      return { host: gatewayHost(network), port: port ?? 0, token };
    },
    ...releasedImages({ calls, installation }),
  };
}

interface At {
  readonly calls: EngineCalls;
  readonly installation: string;
  readonly supervisor: Pick<Supervisor, 'list'>;
  readonly freePort: ContainersOptions['freePort'];
  readonly reach: () => Promise<Reach>;
  /** Ports are picked and taken one after another. */
  turn: Promise<unknown>;
}

/** Ours, or none; one that has our name and is somebody else's is told. */
async function ourContainer({ calls, installation }: At, name: string): Promise<InspectedContainer | null> {
  const found = await inspectContainer(calls, nameOnEngine(installation, name));
  if (!found || found.Config.Labels?.[installationLabel] === installation) return found;
  throw new SoundBiteError(
    'container-name-taken',
    `a container that is not of this installation has the name ${nameOnEngine(installation, name)}; it is left alone`,
    { hint: `rename it, or remove it if it is yours: docker rm -f ${nameOnEngine(installation, name)}` },
  );
}

async function ensure(at: At, spec: ContainerSpec): Promise<RunningContainer> {
  const id = await inTurn(at, () => present(at, spec));
  const found = await becomesHealthy(at, spec, id);
  await at.calls.json('POST', `/containers/${id}/update`, { json: { RestartPolicy: { Name: 'always' } } });
  return viewOfContainer(found, { name: spec.name, kills: neverKilled });
}

/** One that runs, or was just started, as the spec says; its id. */
async function present(at: At, spec: ContainerSpec): Promise<string> {
  const before = await ourContainer(at, spec.name);
  const reach = await at.reach();
  const digest = containerDigest(spec, spec.amended, reach);
  const isAsWanted = before?.Config.Labels[specLabel] === digest && before.Image === spec.image;
  if (before && isAsWanted && before.State.Status !== 'dead') {
    await renewSecrets(at, before.Id, secretsText(spec, reach));
    if (before.State.Status === 'paused') await at.calls.json('POST', `/containers/${before.Id}/unpause`);
    if (before.State.Running || (await started(at, before.Id))) return before.Id;
  }
  if (before) await remove(at, before, spec.name);
  if (reach.by === 'loopback') return createAtPort(at, spec, digest, before ? publishedPort(before) : null);
  const id = await created(at, spec, containerBody(spec, at.installation, reach, null, digest));
  if (id === null) throw new Error(`${spec.name} publishes no port, and its port is taken`);
  return id;
}

async function renewSecrets({ calls }: At, id: string, wanted: string): Promise<void> {
  if ((await secretsOf(calls, id)) !== wanted) await putSecrets(calls, id, wanted);
}

const secretsText = ({ secrets, forwards }: ContainerSpec, reach: Reach): string =>
  JSON.stringify({
    ...(reach.by === 'network' ? { from: homeByName } : {}),
    ...(forwards === null ? {} : { relay: { ...forwards.relay, ports: forwards.ports } }),
    variables: secrets,
  });

/** False: its port is somebody else's by now. */
async function started({ calls }: At, id: string): Promise<boolean> {
  try {
    await calls.json('POST', `/containers/${id}/start`, { silenceMs: 60_000 });
    return true;
  } catch (error) {
    if (error instanceof EngineRefusal && error.code === 'container-port-taken') return false;
    throw error;
  }
}

/** Others may take the port between our look and the engine's: then another one is tried. */
async function createAtPort(at: At, spec: ContainerSpec, digest: string, last: number | null): Promise<string> {
  const refused = new Set<number>();
  for (;;) {
    const port = await at.freePort(spec.port, refused.size === 0 ? last : null, await takenPorts(at, refused));
    const body = containerBody(spec, at.installation, byLoopback, port, digest);
    const id = await created(at, spec, body);
    if (id !== null) return id;
    refused.add(port);
  }
}

/** Its id, once it has its secrets and was started; null: its port was taken meanwhile, and nothing of it is left. */
async function created(at: At, spec: ContainerSpec, json: unknown): Promise<string | null> {
  const query = { name: nameOnEngine(at.installation, spec.name) };
  const { Id } = await at.calls.json<{ readonly Id: string }>('POST', '/containers/create', { query, json });
  try {
    await putSecrets(at.calls, Id, secretsText(spec, await at.reach()));
    if (await started(at, Id)) return Id;
  } catch (error) {
    await removeById(at, Id, spec.name).catch(() => {});
    throw error;
  }
  await removeById(at, Id, spec.name);
  return null;
}

/** Ports that containers of ours have or will have again, and processes of the host. */
async function takenPorts(at: At, refused: ReadonlySet<number>): Promise<ReadonlySet<number>> {
  const [ours, processes] = await Promise.all([inspectAll(at, {}), at.supervisor.list()]);
  return new Set(
    [...refused, ...ours.map(publishedPort), ...processes.map(({ port }) => port)].filter((one) => one !== null),
  );
}

async function becomesHealthy(at: At, spec: ContainerSpec, id: string): Promise<InspectedContainer> {
  const end = performance.now() + spec.health.withinMs;
  // The engine forgets how it ended as soon as it has started it again.
  let ended: string | null = null;
  for (;;) {
    const found = await inspectContainer(at.calls, id);
    if (!found) throw await unhealthy(at, spec, id, 'somebody removed it');
    const { Running, Restarting } = found.State;
    if (!Running && !Restarting) throw await unhealthy(at, spec, id, endOf(found));
    if (Restarting) ended = endOf(found);
    const problem = Restarting ? null : await answersWell(found, spec.health.path);
    if (!Restarting && problem === null) return found;
    const why = [problem, ended].filter((one) => one !== null).join('; before that ');
    if (performance.now() > end)
      throw await unhealthy(at, spec, id, `it is not healthy after ${spec.health.withinMs} ms: ${why}`);
    await sleep(50);
  }
}

async function unhealthy(at: At, spec: ContainerSpec, id: string, why: string): Promise<SoundBiteError> {
  const name = nameOnEngine(at.installation, spec.name);
  return new SoundBiteError('process-unhealthy', `${name} ${why}${await logEnd(at.calls, id)}`, {
    hint: `docker logs ${name}`,
  });
}

const remove = (at: At, found: InspectedContainer, name: string): Promise<void> => removeById(at, found.Id, name, true);

/** With what is its own: its secrets. What somebody removes meanwhile is gone as well. */
async function removeById({ calls, installation }: At, id: string, name: string, gently = false): Promise<void> {
  const volume = nameOnEngine(installation, name);
  // It has its own time for ending, which the engine knows.
  if (gently) await unlessMissing(calls.json('POST', `/containers/${id}/stop`, { silenceMs: 600_000 }));
  await unlessMissing(calls.json('DELETE', `/containers/${id}`, { query: { force: true, v: true } }));
  const found = await unlessMissing(
    calls.json<{ readonly Labels?: Readonly<Record<string, string>> | null }>('GET', `/volumes/${volume}`),
  );
  if (found?.Labels?.[installationLabel] === installation)
    await unlessMissing(calls.json('DELETE', `/volumes/${volume}`, { query: { force: true } }));
}

async function inspectAll({ calls, installation }: At, labels: Readonly<Record<string, string>>) {
  const label = Object.entries({ [installationLabel]: installation, ...labels }).map(
    ([key, value]) => `${key}=${value}`,
  );
  const query = { all: true, filters: { label } };
  const found = await calls.json<readonly { readonly Id: string }[]>('GET', '/containers/json', { query });
  const all = await Promise.all(found.map(({ Id }) => inspectContainer(calls, Id)));
  return all.filter((one) => one !== null);
}

async function list(at: At, labels: Readonly<Record<string, string>>): Promise<readonly RunningContainer[]> {
  const found = await inspectAll(at, labels);
  if (found.length === 0) return [];
  const kills = await oomKills(at, found);
  const prefix = nameOnEngine(at.installation, '');
  return Promise.all(
    found.map((one) =>
      viewOfContainer(one, {
        name: one.Name.replace(/^\//, '').slice(prefix.length),
        kills: kills.get(one.Id) ?? neverKilled,
      }),
    ),
  );
}

/** How often each was killed for its memory since it was made: of the engine's last events, so far as it keeps them. */
async function oomKills(
  { calls, installation }: At,
  found: readonly InspectedContainer[],
): Promise<Map<string, OomKills>> {
  const since = Math.min(...found.map(({ Created }) => Math.floor(Date.parse(Created) / 1000)));
  const filters = { event: ['oom'], label: [`${installationLabel}=${installation}`] };
  // Until a moment that is over: otherwise the answer would wait for what is yet to come.
  const query = { since, until: Math.floor(Date.now() / 1000), filters };
  const text = (await calls.bytes('GET', '/events', { query })).toString('utf8');
  const counts = new Map<string, OomKills>();
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const { id = '', time } = JSON.parse(line) as { readonly id?: string; readonly time?: number };
    const { count, last } = counts.get(id) ?? neverKilled;
    counts.set(id, { count: count + 1, last: time === undefined ? last : new Date(time * 1000).toISOString() });
  }
  return counts;
}

/** Made at the first use; a failure is forgotten. */
function remembered<T>(make: () => Promise<T>): () => Promise<T> {
  let held: Promise<T> | null = null;
  return () => {
    held ??= make();
    held.catch(() => {
      held = null;
    });
    return held;
  };
}

function inTurn<T>(at: At, work: () => Promise<T>): Promise<T> {
  const done = at.turn.then(work);
  at.turn = done.catch(() => {});
  return done;
}
