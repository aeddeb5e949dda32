import {
  type Digest,
  type EdgeUpstream,
  type Fence,
  SoundBiteError,
  type Target,
  type VersionShare,
} from '@soundbite/model';
import { processUrl, setConsuming } from './control.ts';
import type { Installed } from './installed.ts';
import type { ProcessParts } from './parts.ts';
import { holdRoute, writeRoute } from './route.ts';
import { processName } from './specs.ts';

/**
 * Gives every installed version its share: workers by letting them consume or not, the API by the edge. Workers first when going
 * forward, the API first when going back. A version without a share stays ready and can be pinned.
 */
export async function shiftProcesses(
  parts: ProcessParts,
  target: Target,
  weights: readonly VersionShare[],
  direction: 'forward' | 'back',
  fence: Fence,
): Promise<void> {
  await holdRoute(parts.edge, target, fence);
  const installed = await parts.store.list(target.environment.name);
  const shareOf = (release: string) => weights.find((weight) => weight.release === release)?.share ?? 0;
  const unknown = weights.find(({ release, share }) => share > 0 && !installed.some((one) => one.release === release));
  if (unknown)
    throw new SoundBiteError('version-unknown', `${unknown.release} is not installed in ${target.environment.name}`, {
      hint: 'promote this release: its version was removed',
    });
  const workers = () => shiftWorkers(parts, target, installed, shareOf);
  const api = () => shiftApi(parts, target, installed, shareOf, fence);
  for (const step of direction === 'forward' ? [workers, api] : [api, workers]) await step();
}

/** No version consumes; the API keeps its traffic. */
export async function pauseProcesses(parts: ProcessParts, target: Target, fence: Fence): Promise<void> {
  await holdRoute(parts.edge, target, fence);
  await shiftWorkers(parts, target, await parts.store.list(target.environment.name), () => 0);
}

/** The queue is never without a worker: those that shall consume begin before the others stop. */
async function shiftWorkers(
  { supervisor }: ProcessParts,
  target: Target,
  installed: readonly Installed[],
  shareOf: (release: string) => number,
): Promise<void> {
  const { name } = target.environment;
  const processes = await supervisor.list();
  const isHere = ({ release }: Installed) =>
    processes.some((process) => process.name === processName(name, 'worker', release));
  const turn = async (version: Installed, consuming: boolean) => {
    const url = processUrl(processes, name, 'worker', version.release);
    // The spec first: a worker that dies in between comes back as it shall be.
    await supervisor.amend(processName(name, 'worker', version.release), { SOUNDBITE_CONSUMING: String(consuming) });
    await setConsuming(url, version, consuming);
  };
  /** A worker that does not obey is stopped: a broken version must not keep traffic from a good one. */
  const turnOff = (version: Installed) =>
    turn(version, false).catch(() => supervisor.stop(processName(name, 'worker', version.release)));
  const takesTraffic = ({ release }: Installed) => shareOf(release) > 0;
  await Promise.all(installed.filter(takesTraffic).map((version) => turn(version, true)));
  await Promise.all(installed.filter((version) => !takesTraffic(version) && isHere(version)).map(turnOff));
}

async function shiftApi(
  { supervisor, edge }: ProcessParts,
  target: Target,
  installed: readonly Installed[],
  shareOf: (release: string) => number,
  fence: Fence,
): Promise<void> {
  const processes = await supervisor.list();
  const { name } = target.environment;
  const isHere = (release: Digest) => processes.some((process) => process.name === processName(name, 'api', release));
  const upstreams = installed
    .filter(({ release }) => shareOf(release) > 0 || isHere(release))
    .map(
      ({ release }): EdgeUpstream => ({
        kind: 'http',
        url: processUrl(processes, name, 'api', release),
        release,
        share: shareOf(release),
      }),
    );
  const isEmpty = upstreams.every(({ share }) => share === 0);
  await writeRoute(edge, target, fence, isEmpty ? [] : upstreams);
}
