import {
  type Containers,
  namedProcess,
  type RunningContainer,
  type RunningProcess,
  type Supervisor,
  shortDigest,
} from '@soundbite/model';
import type { HeldVersions, Installed } from '../versions/held.ts';
import type { LogReader } from '../versions/log-file.ts';
import { readLogFile } from '../versions/log-file.ts';
import type { Keeper } from '../versions/parts.ts';
import { containerLabels, containerName } from './spec.ts';

/** How the log of a container is named among those that are files. */
const logPrefix = 'container:';

/**
 * What keeps the versions of environments whose runtime may have been another one before: the host those that run as processes, the engine those that are containers,
 * as each version's record says. So a promotion from one to the other, and a rollback, find both. The engine is asked only where there is a container to be expected.
 */
export function keeperOfBoth(
  supervisor: Supervisor,
  containers: Containers,
  store: Pick<HeldVersions, 'list'>,
  usesEngine: boolean,
): Keeper {
  const versionOf = async (process: string): Promise<Installed | undefined> => {
    const [, rest = '', release] = /^service-(.+)-([0-9a-f]{12})$/.exec(process) ?? [];
    const held = await store.list(namedProcess(rest)?.environment ?? '');
    return held.find((one) => shortDigest(one.release) === release);
  };
  const isContainer = async (process: string) => {
    const version = await versionOf(process);
    return version === undefined ? usesEngine : version.image !== undefined;
  };
  return {
    async list(environment) {
      const [processes, held] = await Promise.all([supervisor.list(), store.list(environment)]);
      if (!usesEngine && held.every(({ image }) => image === undefined)) return processes;
      const found = await containers.list({ [containerLabels.environment]: environment });
      const isOfProcess = ({ name }: RunningProcess) => !found.some((one) => processOf(one) === name);
      return [...processes.filter(isOfProcess), ...found.map((one) => asProcess(one, held))];
    },
    async amend(process, env) {
      if (await isContainer(process)) return containers.amend(containerName(process), env);
      return supervisor.amend(process, env);
    },
    async stop(process) {
      if (await isContainer(process)) await containers.stop(containerName(process));
      await supervisor.stop(process);
    },
  };
}

const processOf = ({ labels }: RunningContainer): string => labels[containerLabels.process] ?? '';

/** A container of ours that was made anew from another image, by whoever, is not what was installed, whatever its labels say. */
function asProcess(container: RunningContainer, held: readonly Installed[]): RunningProcess {
  const { name, host, port, state, restarts, startedAt, reason, image, labels, oomKills, lastOomKill, memory } =
    container;
  const version = held.find(({ release }) => release === labels[containerLabels.release]);
  const isOther = version?.image !== undefined && version.image !== image;
  const why = isOther ? `it runs ${image}, and the image of its release is ${version.image}` : reason;
  return {
    ...{ name: processOf(container), pid: null, host, port, restarts, startedAt, log: `${logPrefix}${name}` },
    container: { oomKills, lastOomKill, memory },
    state: isOther ? 'unhealthy' : state,
    ...(why === undefined ? {} : { reason: why }),
  };
}

export const asRunningProcess = (container: RunningContainer): RunningProcess => asProcess(container, []);

/** Logs of processes are files, those of containers the engine's. */
export const logReader =
  (containers: Pick<Containers, 'lines'>): LogReader =>
  async (log, position) => {
    if (!log.startsWith(logPrefix)) return readLogFile(log, position);
    const { lines, last } = await containers.lines(log.slice(logPrefix.length), (position as string | null) ?? null);
    return { lines, position: last };
  };
