import { type EngineCalls, engineCalls } from './calls.ts';
import { installationLabel } from './names.ts';
import { leave } from './networks.ts';
import { containerReach } from './reach.ts';
import { unlessMissing } from './trouble.ts';

/** Ends and removes all that an installation has on an engine, but images, which belong to releases. Nothing else is touched. Errors: those of the engine. */
export async function removeInstallation(installation: string, calls: EngineCalls = engineCalls()): Promise<void> {
  const query = { all: true, filters: { label: [`${installationLabel}=${installation}`] } };
  const containers = await calls.json<readonly { readonly Id: string }[]>('GET', '/containers/json', { query });
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
  const networks = await calls.json<readonly { readonly Id: string }[]>('GET', '/networks', { query });
  const reach = await containerReach(calls, process.env.SOUNDBITE_REACH);
  for (const { Id } of networks) {
    await leave(calls, Id, reach);
    await unlessMissing(calls.json('DELETE', `/networks/${Id}`));
  }
}
