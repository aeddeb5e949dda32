import { type Digest, type Edge, type Observation, stackOutputs, type Target } from '@soundbite/model';
import { outputOf } from '../outputs.ts';
import { type AliasTarget, readAlias } from './alias.ts';
import type { Clients } from './clients.ts';
import { invokeApi } from './invoke.ts';
import { readRoute } from './route.ts';
import { staticVersion, type Version, versionOf, versionsOf } from './versions.ts';
import { isMappingEnabled } from './weights.ts';

/** What runs on Lambda, read from the account: where the aliases point, which releases have versions, whether the live ones answer. */
export async function observeVersions(clients: Clients, edge: Edge, target: Target): Promise<Observation> {
  const api = outputOf(target, stackOutputs.apiFunction);
  const worker = outputOf(target, stackOutputs.workerFunction);
  const [apiVersions, workerVersions, apiAlias, workerAlias, isFed, route] = await Promise.all([
    versionsOf(clients.lambda, api),
    versionsOf(clients.lambda, worker),
    readAlias(clients, api),
    readAlias(clients, worker),
    isMappingEnabled(clients, target),
    readRoute(clients, edge, target),
  ]);
  const isEmpty = route.isEmpty ?? (!isFed && apiAlias.version === staticVersion);
  const releases = new Set([...apiVersions, ...workerVersions].map((version) => version.release));
  const versions = [...releases]
    .filter((release) => release !== null)
    .map(async (release) => {
      const share = isEmpty ? 0 : shareOf(apiAlias, apiVersions, release);
      const workerShare = isEmpty ? 0 : shareOf(workerAlias, workerVersions, release);
      const version = versionOf(apiVersions, release);
      const problems = [
        ...(version ? [] : ['the API has no version of it']),
        ...(versionOf(workerVersions, release) ? [] : ['the worker has no version of it']),
        ...(share === workerShare ? [] : [`the API has ${share} of the traffic, the worker ${workerShare}`]),
        ...(share > 0 && !isFed ? ["the worker's mapping is disabled"] : []),
        ...(share > 0 && route.problem ? [route.problem] : []),
        ...(version?.state === 'Failed' ? ['its API version is in state Failed'] : []),
        ...(version && share > 0 ? await answers(clients, api, version) : []),
      ];
      return {
        release,
        share,
        healthy: problems.length === 0,
        detail: problems.join('; ') || describe(share, version),
      };
    });
  return { versions: await Promise.all(versions), restarts: 0 };
}

const describe = (share: number, version: Version | null) =>
  share > 0 ? `version ${version?.version} takes ${Math.round(share * 100)} %` : `version ${version?.version} is ready`;

/** The share of an alias's traffic that reaches a release, over all its versions. */
function shareOf(alias: AliasTarget, versions: readonly Version[], release: Digest): number {
  const other = alias.other?.share ?? 0;
  const runs = (name: string | undefined) => versions.find((version) => version.version === name)?.release === release;
  return (runs(alias.version) ? 1 - other : 0) + (runs(alias.other?.version) ? other : 0);
}

async function answers(clients: Clients, functionName: string, { version }: Version): Promise<string[]> {
  const { status, body } = await invokeApi(clients, functionName, version, { method: 'GET', path: '/health' }, 15_000);
  return status < 300 ? [] : [`GET /health answers ${status}: ${Buffer.from(body).toString('utf8').slice(0, 300)}`];
}
