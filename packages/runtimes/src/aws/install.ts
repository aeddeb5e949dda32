import { PublishVersionCommand } from '@aws-sdk/client-lambda';
import { type Edge, type Release, SoundBiteError, stackOutputs, type Target } from '@soundbite/model';
import { outputOf } from '../outputs.ts';
import type { Clients } from './clients.ts';
import type { FencedClients } from './fence.ts';
import { invokeApi, invokeWorkerVersion } from './invoke.ts';
import { retried } from './retry.ts';
import { openEdge } from './route.ts';
import { activeVersion, readyFunction, type Version, versionOf, versionsOf } from './versions.ts';

/** Publishes both functions' versions of a release and tries that they start. No alias is touched: no traffic. */
export async function installVersions(
  clients: FencedClients,
  edge: Edge,
  target: Target,
  release: Release,
): Promise<void> {
  await openEdge(clients, edge, target);
  const apiFunction = outputOf(target, stackOutputs.apiFunction);
  const workerFunction = outputOf(target, stackOutputs.workerFunction);
  const [api, worker] = await Promise.all([
    publish(clients, apiFunction, release),
    publish(clients, workerFunction, release),
  ]);
  await Promise.all([
    apiStarts(clients, apiFunction, api),
    // An empty batch is nothing to do, but the code is loaded for it.
    invokeWorkerVersion(clients, workerFunction, worker.version, { Records: [] }, 30_000).catch((error: unknown) => {
      // Only the function's own failure is the release's fault; an account that is away or refuses is not.
      if (!(error instanceof SoundBiteError) || error.source !== 'user') throw error;
      throw unhealthy(workerFunction, error.message, error);
    }),
  ]);
}

/** The version of a release: found again after a crash, or published from $LATEST after proving that it is this release. */
async function publish(
  { lambda, access, everyMs, hold }: FencedClients,
  FunctionName: string,
  release: Release,
): Promise<Version> {
  return retried({ kind: access.kind, firstMs: everyMs }, async () => {
    const present = versionOf(await versionsOf(lambda, FunctionName), release.digest);
    if (present) return proven(present, FunctionName, release);
    const latest = await readyFunction(lambda, FunctionName, everyMs);
    if (latest.release !== release.digest)
      throw new SoundBiteError(
        'release-not-deployed',
        `$LATEST of ${FunctionName} is ${latest.release ?? 'no release'}, not ${release.digest}`,
        { mend: 'deploy the infrastructure of the release first: soundbite promote' },
      );
    const { codeSha256 } = release.manifest.service;
    const candidate = {
      version: '$LATEST',
      release: latest.release,
      codeSha256: latest.CodeSha256 ?? '',
      state: 'Active',
    };
    proven(candidate, FunctionName, release);
    await hold();
    const published = await lambda.send(
      new PublishVersionCommand({
        FunctionName,
        CodeSha256: codeSha256,
        Description: release.digest,
        ...(latest.RevisionId === undefined ? {} : { RevisionId: latest.RevisionId }),
      }),
    );
    const active = await activeVersion(lambda, FunctionName, published.Version ?? '', everyMs);
    return proven(
      { ...candidate, version: published.Version ?? '', codeSha256: active.CodeSha256 ?? '' },
      FunctionName,
      release,
    );
  });
}

/** Errors: `code-altered` when what the account runs is not what was released. */
function proven(version: Version, functionName: string, release: Release): Version {
  const { codeSha256 } = release.manifest.service;
  if (version.codeSha256 === codeSha256) return version;
  throw new SoundBiteError(
    'code-altered',
    `the code of ${functionName}:${version.version} is ${version.codeSha256}, released was ${codeSha256}`,
    { source: 'user', mend: 'somebody changed the function or the uploaded code: cut a new release and promote it' },
  );
}

async function apiStarts(clients: Clients, functionName: string, { version }: Version): Promise<void> {
  const { status, body } = await invokeApi(clients, functionName, version, { method: 'GET', path: '/health' });
  if (status >= 200 && status < 300) return;
  throw unhealthy(functionName, `GET /health answered ${status}: ${Buffer.from(body).toString('utf8').slice(0, 1000)}`);
}

const unhealthy = (functionName: string, why: string, cause?: unknown) =>
  new SoundBiteError('version-unhealthy', `the new version of ${functionName} does not start: ${why}`, {
    source: 'user',
    mend: 'mend the service and cut a new release',
    cause,
  });
