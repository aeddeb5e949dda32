import {
  addressedProcess,
  type EdgeUpstream,
  eventProcesses,
  type Fence,
  SoundBiteError,
  type Target,
  type VersionShare,
} from '@soundbite/model';
import { processUrl, setConsuming } from './control.ts';
import type { Installed } from './held.ts';
import { processName } from './names.ts';
import type { VersionParts } from './parts.ts';
import { holdRoute, writeRoute } from './route.ts';

/**
 * Gives every installed version its share: what takes events by letting it consume or not, what takes requests by the edge. Events first when
 * going forward, requests first when going back. A version without a share stays ready and can be pinned.
 */
export async function shiftProcesses(
  parts: VersionParts,
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
  const events = () => shiftEvents(parts, target, installed, shareOf);
  const requests = () => shiftRequests(parts, target, installed, shareOf, fence);
  for (const step of direction === 'forward' ? [events, requests] : [requests, events]) await step();
}

/** No version consumes; requests go on as before. */
export async function pauseProcesses(parts: VersionParts, target: Target, fence: Fence): Promise<void> {
  await holdRoute(parts.edge, target, fence);
  await shiftEvents(parts, target, await parts.store.list(target.environment.name), () => 0);
}

/** No queue is without somebody who takes its messages: those that shall consume begin, one component after the other, before the others stop. */
async function shiftEvents(
  { supervisor }: VersionParts,
  target: Target,
  installed: readonly Installed[],
  shareOf: (release: string) => number,
): Promise<void> {
  const environment = target.environment.name;
  const running = await supervisor.list(environment);
  const isHere = (name: string) => running.some((process) => process.name === name);
  const all = installed.flatMap((version) =>
    eventProcesses(version.processes).map(({ name }) => ({
      version,
      component: name,
      name: processName(environment, name, version.release),
    })),
  );
  type One = (typeof all)[number];
  const turn = async ({ version, component, name }: One, consuming: boolean) => {
    const url = processUrl(running, environment, component, version.release);
    // The spec first: a process that dies in between comes back as it shall be.
    await supervisor.amend(name, { SOUNDBITE_CONSUMING: String(consuming) });
    await setConsuming(url, version, consuming);
  };
  /** What does not obey is stopped: a broken version must not keep traffic from a good one. */
  const turnOff = (one: One) => turn(one, false).catch(() => supervisor.stop(one.name));
  const takesTraffic = ({ version }: One) => shareOf(version.release) > 0;
  for (const one of all.filter(takesTraffic)) await turn(one, true);
  await Promise.all(all.filter((one) => !takesTraffic(one) && isHere(one.name)).map(turnOff));
}

async function shiftRequests(
  { supervisor, edge }: VersionParts,
  target: Target,
  installed: readonly Installed[],
  shareOf: (release: string) => number,
  fence: Fence,
): Promise<void> {
  const environment = target.environment.name;
  const running = await supervisor.list(environment);
  const upstreams = installed.flatMap(({ release, processes }): EdgeUpstream[] => {
    const component = addressedProcess(processes)?.name ?? '';
    const isHere = running.some(({ name }) => name === processName(environment, component, release));
    if (!isHere && shareOf(release) === 0) return [];
    const url = processUrl(running, environment, component, release);
    return [{ kind: 'http', url, release, share: shareOf(release) }];
  });
  const isEmpty = upstreams.every(({ share }) => share === 0);
  await writeRoute(edge, target, fence, isEmpty ? [] : upstreams);
}
