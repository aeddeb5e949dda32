import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  addressedProcess,
  type Digest,
  type Fence,
  type ProcessComponent,
  processIdentity,
  type Release,
  type RunningProcess,
  SoundBiteError,
  serviceEnv,
  shortDigest,
  type Target,
} from '@soundbite/model';
import { originOf } from './control.ts';
import type { Installed } from './held.ts';
import { processName, versionProcess } from './names.ts';
import type { VersionParts } from './parts.ts';
import { holdRoute, shareIn, writeRoute } from './route.ts';

type Settings = Readonly<Record<string, unknown>>;

/** Makes a release ready and sees that its processes run and are healthy; they get no traffic by that. */
export async function installVersion(
  parts: VersionParts,
  target: Target,
  release: Release,
  fence: Fence,
): Promise<string[]> {
  const route = await holdRoute(parts.edge, target, fence);
  const { installed, changed } = await parts.ready(target, release);
  const isLive = shareIn(route, release.digest) > 0;
  const running = await start(parts, target, release, installed, isLive);
  await follow(parts, target, fence, installed, running);
  return [...changed];
}

async function start(
  parts: VersionParts,
  target: Target,
  release: Release,
  installed: Installed,
  isLive: boolean,
): Promise<RunningProcess[]> {
  const { name } = target.environment;
  const settings = await settingsOf(release, name);
  const access = await target.cloud.access('controller');
  const { processes } = installed;
  const { outputs } = target;
  const common = serviceEnv({ environment: name, release: release.digest, settings, outputs, processes, access });
  const startOne = async (component: ProcessComponent) => {
    const identity = processIdentity(processes, component, { environment: name, outputs });
    return parts.start({
      ...{ target, installed, component, settings },
      env: {
        ...common,
        ...(identity === null ? {} : await parts.credentialsEnv(target.environment, identity)),
        SOUNDBITE_CONTROL_TOKEN: installed.token,
        // What takes messages goes on when a live version is installed again.
        ...(component.takes.includes('events') ? { SOUNDBITE_CONSUMING: String(isLive) } : {}),
      },
    });
  };
  const results = await Promise.allSettled(processes.components.map(startOne));
  const failed = results.find((result) => result.status === 'rejected');
  if (!failed) return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  // What does not start is not left crashing; a live version stays under its supervisor's care.
  if (!isLive) await remove(parts, name, release.digest);
  throw unhealthy(release, failed.reason);
}

/** Stops the processes of a version, whatever they are, and gives back its files. */
export async function remove(parts: VersionParts, environment: string, release: Digest): Promise<void> {
  const running = (await parts.supervisor.list(environment)).filter(
    ({ name }) => versionProcess(environment, name)?.release === shortDigest(release),
  );
  await Promise.all(running.map(({ name }) => parts.supervisor.stop(name)));
  await parts.store.release(environment, release);
}

/** A version that was started anew may listen elsewhere: the edge follows. */
async function follow(
  parts: VersionParts,
  target: Target,
  fence: Fence,
  { release, processes }: Installed,
  running: readonly RunningProcess[],
) {
  const route = await holdRoute(parts.edge, target, fence);
  const addressed = addressedProcess(processes)?.name ?? '';
  const process = running.find(({ name }) => name === processName(target.environment.name, addressed, release));
  const url = originOf(process);
  if (!route.upstreams.some((upstream) => upstream.release === release && upstream.url !== url)) return;
  const upstreams = route.upstreams.map((upstream) => (upstream.release === release ? { ...upstream, url } : upstream));
  await writeRoute(parts.edge, target, fence, upstreams);
}

/** The settings the release was cut with: an old release comes back as it was. Errors: `settings-unknown`. */
export async function settingsOf(release: Release, environment: string): Promise<Settings> {
  const path = `settings/${environment}.json`;
  try {
    const bytes = await readFile(join(release.directory, path));
    const released = release.manifest.files.find((file) => file.path === path)?.sha256;
    if (createHash('sha256').update(bytes).digest('hex') !== released) throw new Error(`${path} is not what was cut`);
    return JSON.parse(bytes.toString('utf8')) as Settings;
  } catch (error) {
    throw new SoundBiteError(
      'settings-unknown',
      `${release.digest} has no settings for ${environment}: ${String(error)}`,
      {
        cause: error,
        hint: `declare ${environment} in environments.yaml and cut a new release`,
      },
    );
  }
}

/** A version whose process ends or never becomes healthy is the release's fault; a host that is down is not. */
function unhealthy(release: Release, error: unknown): unknown {
  if (!(error instanceof SoundBiteError) || error.code !== 'process-unhealthy') return error;
  return new SoundBiteError('version-unhealthy', `${shortDigest(release.digest)} does not start: ${error.message}`, {
    cause: error,
    hint: 'fix the service and cut a new release',
  });
}
