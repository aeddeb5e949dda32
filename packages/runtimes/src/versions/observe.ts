import {
  addressedProcess,
  type Digest,
  type Drift,
  type Looking,
  type Observation,
  type RunningProcess,
  type Target,
} from '@soundbite/model';
import { isConsuming, originOf } from './control.ts';
import { fetchFresh } from './fetch.ts';
import type { Installed } from './held.ts';
import { processName, versionProcess } from './names.ts';
import type { VersionParts } from './parts.ts';
import { routeOf } from './route.ts';

/** What runs as processes: asked of the supervisor, the edge and the processes themselves; `often`, of those only that serve, and `versions`, of the others. */
export async function observeProcesses(parts: VersionParts, target: Target, only?: Looking): Promise<Observation> {
  const { name } = target.environment;
  const [processes, route, installed] = await Promise.all([
    parts.supervisor.list(name),
    routeOf(parts.edge, target),
    parts.store.list(name),
  ]);
  const upstreamOf = (release: Digest) => route?.upstreams.find((upstream) => upstream.release === release);
  const releases = new Set([...installed, ...(route?.upstreams ?? [])].map(({ release }) => release));
  const changes = new Map(
    await Promise.all(
      installed.map(async (one) => [one.release, await parts.changesOf(target.environment, one)] as const),
    ),
  );
  const versions = [...releases].map(async (release) => {
    const share = upstreamOf(release)?.share ?? 0;
    const asks = only !== (share > 0 ? 'versions' : 'often');
    const problems = [
      ...(await problemsOf(processes, installed, name, { release, share, url: upstreamOf(release)?.url }, asks)),
      ...(changes.get(release)?.length ? ['its code on this machine is not what was released'] : []),
    ];
    const ready = share > 0 ? `takes ${Math.round(share * 100)} %` : 'is ready';
    return { release, share, healthy: problems.length === 0, detail: problems.join('; ') || ready };
  });
  const own = processes.filter((process) => versionProcess(name, process.name) !== null);
  return {
    versions: await Promise.all(versions),
    restarts: own.reduce((sum, { restarts }) => sum + restarts, 0),
    drift: [...changes].flatMap(([release, found]) =>
      found.map(
        ({ file, what }): Drift => ({
          where: file,
          detail: what,
          // Read again at each start, and by what runs whenever it opens a file.
          inTraffic: (upstreamOf(release)?.share ?? 0) > 0,
        }),
      ),
    ),
  };
}

async function problemsOf(
  processes: readonly RunningProcess[],
  installed: readonly Installed[],
  environment: string,
  {
    release,
    share,
    url: routed,
  }: { readonly release: Digest; readonly share: number; readonly url: string | undefined },
  asks: boolean,
): Promise<string[]> {
  const version = installed.find((one) => one.release === release);
  if (!version) return ['the edge sends to it, but it is not installed'];
  const { components, contract } = version.processes;
  const find = (component: string) =>
    processes.find(({ name }) => name === processName(environment, component, release));
  const down = components.flatMap(({ name }) => {
    const process = find(name);
    if (process?.state === 'healthy') return [];
    return [`its ${name} process is ${process?.state ?? 'not there'}${process?.reason ? `: ${process.reason}` : ''}`];
  });
  if (down.length > 0 || !asks) return down;
  const urlOf = (component: string) => originOf(find(component));
  const asked = components.flatMap(({ name, takes }) => [
    ...(contract ? [saysRelease(urlOf(name), name, release)] : []),
    ...(takes.includes('events') ? [consumes(urlOf(name), name, share > 0)] : []),
  ]);
  const found = (await Promise.all(asked)).filter((problem) => problem !== null);
  const address = urlOf(addressedProcess(version.processes)?.name ?? '');
  return routed === undefined || new URL(routed).origin === address
    ? found
    : [...found, `the edge sends to ${routed}, it listens on ${address}`];
}

async function saysRelease(url: string, component: string, release: Digest): Promise<string | null> {
  try {
    const response = await fetchFresh(`${url}/version`, { signal: AbortSignal.timeout(10_000) });
    const said = ((await response.json()) as { readonly release?: string }).release;
    return said === release ? null : `its ${component} process says that it runs ${said ?? 'no release'}`;
  } catch (error) {
    return `its ${component} process does not answer: ${reason(error)}`;
  }
}

async function consumes(url: string, component: string, wanted: boolean): Promise<string | null> {
  try {
    const consuming = await isConsuming(url);
    if (consuming === wanted) return null;
    return wanted
      ? `its ${component} does not consume the queue`
      : `its ${component} consumes the queue without a share of the traffic`;
  } catch (error) {
    return `its ${component} does not answer: ${reason(error)}`;
  }
}

const reason = (error: unknown) => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
};
