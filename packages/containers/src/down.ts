import { type EngineCalls, engineCalls } from './calls.ts';
import { installationLabel } from './names.ts';
import { leave } from './networks.ts';
import { containerReach, ownContainer, type Reach } from './reach.ts';
import { unlessMissing } from './trouble.ts';

/**
 * What a house in containers does with those of its environments when it is ended itself, which Compose may do for `down --remove-orphans`: version 2 has made its list of them before,
 * and breaks off where one of the list is gone. Then they are stopped, and left to it, with their secrets; their networks, which are no part of that list, are removed. Version 1 makes its
 * list later: all is removed. Errors: those of the engine.
 */
export async function leaveInstallation(installation: string, calls: EngineCalls = engineCalls()): Promise<void> {
  const reach = await containerReach(calls, process.env.SOUNDBITE_REACH);
  const own = reach.by === 'network' ? await ownContainer(calls, reach.container) : null;
  const composed = own?.Config.Labels?.['com.docker.compose.version'];
  if (composed === undefined || composed.startsWith('1.')) return removeInstallation(installation, calls);
  await Promise.all(
    (await containersOfInstallation(installation, calls)).map(async ({ Id }) => {
      // Else an engine that starts again would start them.
      await unlessMissing(calls.json('POST', `/containers/${Id}/update`, { json: { RestartPolicy: { Name: 'no' } } }));
      await unlessMissing(calls.json('POST', `/containers/${Id}/stop`, { silenceMs: 600_000 }));
    }),
  );
  await removeNetworks(installation, calls, reach);
}

/** No network is kept by containers that are ended. */
async function removeNetworks(installation: string, calls: EngineCalls, reach: Reach): Promise<void> {
  const query = ofInstallation(installation);
  const networks = await calls.json<readonly { readonly Id: string }[]>('GET', '/networks', { query });
  for (const { Id } of networks) {
    await leave(calls, Id, reach);
    await unlessMissing(calls.json('DELETE', `/networks/${Id}`));
  }
}

const ofInstallation = (installation: string) => ({
  all: true,
  filters: { label: [`${installationLabel}=${installation}`] },
});

const containersOfInstallation = (installation: string, calls: EngineCalls) =>
  calls.json<readonly { readonly Id: string }[]>('GET', '/containers/json', { query: ofInstallation(installation) });

/** Ends and removes all that an installation has on an engine, but images, which belong to releases. Nothing else is touched. Errors: those of the engine. */
export async function removeInstallation(installation: string, calls: EngineCalls = engineCalls()): Promise<void> {
  const query = ofInstallation(installation);
  const containers = await containersOfInstallation(installation, calls);
  await Promise.all(
    containers.map(async ({ Id }) => {
      // Each has its own time for ending its work.
      await unlessMissing(calls.json('POST', `/containers/${Id}/stop`, { silenceMs: 600_000 }));
      await unlessMissing(calls.json('DELETE', `/containers/${Id}`, { query: { force: true, v: true } }));
    }),
  );
  const { Volumes } = await calls.json<{ readonly Volumes: readonly { readonly Name: string }[] | null }>(
    ...(['GET', '/volumes', { query }] as const),
  );
  for (const { Name } of Volumes ?? []) await unlessMissing(calls.json('DELETE', `/volumes/${Name}`));
  await removeNetworks(installation, calls, await containerReach(calls, process.env.SOUNDBITE_REACH));
}
