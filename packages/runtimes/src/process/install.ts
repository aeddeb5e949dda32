import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Digest,
  type Fence,
  type Release,
  type RunningProcess,
  SoundBiteError,
  serviceEnv,
  type Target,
} from '@soundbite/model';
import { codeFilesDigest } from './code-files.ts';
import type { Installed } from './installed.ts';
import { processLimits } from './limits.ts';
import type { ProcessParts } from './parts.ts';
import { holdRoute, shareIn, writeRoute } from './route.ts';
import { processName, type Role, roles, versionSpec } from './specs.ts';

type Settings = Readonly<Record<string, unknown>>;

/** Unzips a release and sees that both its processes run and are healthy; they get no traffic by that. */
export async function installProcesses(
  parts: ProcessParts,
  target: Target,
  release: Release,
  fence: Fence,
): Promise<string[]> {
  const { name } = target.environment;
  const route = await holdRoute(parts.edge, target, fence);
  const code = parts.store.codeOf(release.digest);
  const { installed, changed } = await parts.store.install(name, release);
  const isLive = shareIn(route, release.digest) > 0;
  const running = await start(parts, target, release, code, installed, isLive);
  await follow(parts, target, fence, release.digest, running);
  return changed;
}

async function start(
  parts: ProcessParts,
  target: Target,
  release: Release,
  code: string,
  installed: Installed,
  isLive: boolean,
): Promise<RunningProcess[]> {
  const { name } = target.environment;
  const settings = await settingsOf(release, name);
  const access = await target.cloud.access('controller');
  const common = serviceEnv({ environment: name, release: release.digest, settings, outputs: target.outputs, access });
  const digest = codeFilesDigest(await parts.codeFiles(release.digest));
  const startRole = async (role: Role) =>
    parts.supervisor.ensure(
      versionSpec({
        environment: name,
        role,
        release: release.digest,
        nodePath: parts.nodePath,
        code,
        codeDigest: digest,
        ...processLimits(settings, role),
        env: {
          ...common,
          ...(await parts.credentialsEnv(target.environment, role)),
          SOUNDBITE_CONTROL_TOKEN: installed.token,
          // A live worker keeps its queue when it is installed again.
          ...(role === 'worker' ? { SOUNDBITE_CONSUMING: String(isLive) } : {}),
        },
      }),
    );
  const results = await Promise.allSettled(roles.map(startRole));
  const failed = results.find((result) => result.status === 'rejected');
  if (!failed) return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  // What does not start is not left crashing; a live version stays under its supervisor's care.
  if (!isLive) await remove(parts, name, release.digest);
  throw unhealthy(release, failed.reason);
}

/** Stops both processes of a version and gives back its files. */
export async function remove(parts: ProcessParts, environment: string, release: Digest): Promise<void> {
  await Promise.all(roles.map((role) => parts.supervisor.stop(processName(environment, role, release))));
  await parts.store.release(environment, release);
}

/** A version that was started anew may listen elsewhere: the edge follows. */
async function follow(
  parts: ProcessParts,
  target: Target,
  fence: Fence,
  release: Digest,
  running: readonly RunningProcess[],
) {
  const route = await holdRoute(parts.edge, target, fence);
  const api = running.find(({ name }) => name === processName(target.environment.name, 'api', release));
  const url = `http://127.0.0.1:${api?.port}`;
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
  return new SoundBiteError('version-unhealthy', `${release.digest} does not start: ${error.message}`, {
    cause: error,
    hint: 'fix the service and cut a new release',
  });
}
