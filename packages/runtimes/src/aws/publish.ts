import { PublishVersionCommand } from '@aws-sdk/client-lambda';
import { type Digest, functionDifferences, type Release, SoundBiteError, toldFunction } from '@soundbite/model';
import type { FencedClients } from './fence.ts';
import type { Proving } from './proof.ts';
import { retried } from './retry.ts';
import {
  activeVersion,
  type FunctionVersions,
  readyFunction,
  type Version,
  versionIn,
  versionOf,
  versionsOf,
} from './versions.ts';

/** A version that runs a release, and the release that it was made for. */
export type Made = Pick<Version, 'version' | 'claim'>;

/**
 * The version of a release: one that is there already, made for it before a crash or for another release with the same function, or published from $LATEST
 * after proving that it is this release. `seen`: a look that was just made.
 */
export async function publish(
  clients: FencedClients & Proving,
  FunctionName: string,
  release: Release,
  seen: FunctionVersions | undefined,
): Promise<Made> {
  const { lambda, access, everyMs, hold } = clients;
  const { digest } = release;
  const code = await clients.code(FunctionName, digest);
  let known = seen;
  return retried({ kind: access.kind, firstMs: everyMs }, async () => {
    const present = presentIn(known ?? (await versionsOf(clients, FunctionName, [digest])), FunctionName, {
      digest,
      isDeployed: clients.deployed === digest,
    });
    known = undefined;
    if (present) return present;
    const latest = await readyFunction(lambda, FunctionName, everyMs);
    demandProven(clients, await versionIn(latest, FunctionName, clients, [digest]), FunctionName, release);
    await hold();
    const published = await lambda.send(
      new PublishVersionCommand({
        FunctionName,
        ...(code ? { CodeSha256: code.codeSha256 } : {}),
        Description: digest,
        ...(latest.RevisionId === undefined ? {} : { RevisionId: latest.RevisionId }),
      }),
    );
    const version = published.Version ?? '';
    const active = { ...(await activeVersion(lambda, FunctionName, version, everyMs)), Version: version };
    demandProven(clients, await versionIn(active, FunctionName, clients, [digest]), FunctionName, release);
    return { version, claim: digest };
  });
}

/**
 * The version that a release has already. One that was made for another release must be what $LATEST is now, where that is this release: a template
 * does not say all values, and CloudFormation has just computed them.
 */
function presentIn(
  versions: FunctionVersions,
  functionName: string,
  { digest, isDeployed }: { readonly digest: Digest; readonly isDeployed: boolean },
): Version | null {
  const found = versionOf(versions, digest);
  if (!found || found.claim === digest || !isDeployed || !versions.latest) return found;
  const [one, latest] = [found.told, versions.latest.told];
  const isSame =
    one.CodeSha256 === latest.CodeSha256 &&
    functionDifferences(toldFunction(functionName, latest), toldFunction(functionName, one)).length === 0;
  return isSame ? found : null;
}

/** Errors: `release-not-deployed` for another release, `code-altered` when what the account runs is not what was released. */
function demandProven({ deployed }: Proving, found: Version, functionName: string, { digest }: Release): void {
  if (found.releases.includes(digest)) return;
  const where = `${functionName}:${found.version}`;
  const claim = found.claim ?? deployed;
  if (claim !== digest)
    throw new SoundBiteError('release-not-deployed', `${where} is ${claim ?? 'no release'}, not ${digest}`, {
      hint: 'deploy the infrastructure of the release first: soundbite promote',
    });
  throw new SoundBiteError('code-altered', `${where} is not ${digest}: ${found.doubts.join(', ')}`, {
    hint: 'somebody changed the function or the uploaded code: cut a new release and promote it',
  });
}
