import type { RunningContainer } from '@soundbite/model';
import type { EngineCalls } from './calls.ts';
import { healthLabel, innerPort, nameInNetwork } from './names.ts';
import { unlessMissing } from './trouble.ts';

/** What the engine tells of a container, as far as it is read. */
export interface InspectedContainer {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  readonly Image: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly Restarting: boolean;
    readonly OOMKilled: boolean;
    readonly ExitCode: number;
    readonly Error: string;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Health?: { readonly Status: string; readonly Log?: readonly { readonly Output: string }[] };
  };
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
  readonly HostConfig: {
    readonly Memory: number;
    readonly MemoryReservation?: number;
    readonly PortBindings?: Readonly<Record<string, readonly { readonly HostPort: string }[]>>;
  };
}

export const inspectContainer = (calls: EngineCalls, name: string): Promise<InspectedContainer | null> =>
  unlessMissing(calls.json<InspectedContainer>('GET', `/containers/${encodeURIComponent(name)}/json`));

/** The port on 127.0.0.1 that leads to it, also while it does not run; null: it is reached by its network. */
export const publishedPort = ({ HostConfig }: InspectedContainer): number | null =>
  Number(HostConfig.PortBindings?.[`${innerPort}/tcp`]?.[0]?.HostPort ?? 0) || null;

/** Where it is reached: one that publishes no port, by its name in its network, which its address follows. */
export function placeOfContainer(one: InspectedContainer): { readonly host: string; readonly port: number } {
  const port = publishedPort(one);
  return port === null
    ? { host: nameInNetwork(one.Name.replace(/^\//, '')), port: innerPort }
    : { host: '127.0.0.1', port };
}

/** Whether it answers 2xx at its health path now. */
export async function answersWell(one: InspectedContainer, path: string): Promise<string | null> {
  const { host, port } = placeOfContainer(one);
  try {
    const answer = await fetch(`http://${host}:${port}${path}`, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.ok ? null : `${path} answers ${answer.status}`;
  } catch (error) {
    const { cause, message } = error as Error;
    return `${path} does not answer: ${cause instanceof Error ? cause.message : message}`;
  }
}

/** How often a container was killed for its memory, and when last (ISO 8601). */
export interface OomKills {
  readonly count: number;
  readonly last: string | null;
}

export const neverKilled: OomKills = { count: 0, last: null };

/** How a container is. The engine's own look is taken where it says that it is well: it may be some seconds old. */
export async function viewOfContainer(
  one: InspectedContainer,
  { name, kills }: { readonly name: string; readonly kills: OomKills },
): Promise<RunningContainer> {
  const { State, Config, HostConfig } = one;
  const view = {
    ...{ name, ...placeOfContainer(one), labels: Config.Labels, image: one.Image, restarts: one.RestartCount },
    // The engine may have forgotten the event; what it says of the container itself it forgets at the next start.
    oomKills: Math.max(kills.count, State.OOMKilled ? 1 : 0),
    lastOomKill: kills.last ?? (State.OOMKilled ? State.FinishedAt : null),
    memory: {
      ...{ usedMiB: null, peakMiB: null, limitMiB: Math.round(HostConfig.Memory / 2 ** 20) || null },
      ...(HostConfig.MemoryReservation ? { reservedMiB: Math.round(HostConfig.MemoryReservation / 2 ** 20) } : {}),
    },
    startedAt: State.StartedAt,
  };
  if (State.Restarting) return { ...view, state: 'restarting', reason: endOf(one) };
  if (!State.Running) return { ...view, state: 'ended', reason: endOf(one) };
  if (State.Status === 'paused') return { ...view, state: 'unhealthy', reason: 'somebody paused it' };
  if (State.Health?.Status === 'healthy') return { ...view, state: 'healthy' };
  const problem = await answersWell(one, Config.Labels[healthLabel] ?? '/');
  if (problem === null) return { ...view, state: 'healthy' };
  return { ...view, state: State.Health?.Status === 'unhealthy' ? 'unhealthy' : 'starting', reason: problem };
}

/** Why a container does not run. */
export function endOf({ State, HostConfig }: InspectedContainer): string {
  if (State.Status === 'created') return `it was never started${State.Error ? `: ${State.Error}` : ''}`;
  if (State.OOMKilled) return `it was killed: it needed more than its ${HostConfig.Memory / 2 ** 20} MiB of memory`;
  return `it ended with exit code ${State.ExitCode}${State.Error ? `: ${State.Error}` : ''}`;
}
