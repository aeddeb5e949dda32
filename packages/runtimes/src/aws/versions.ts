import {
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListVersionsByFunction,
} from '@aws-sdk/client-lambda';
import { type Digest, SoundBiteError } from '@soundbite/model';
import { poll } from '../waiting.ts';

/** A published version of one function, as the account tells it. */
export interface Version {
  readonly version: string;
  /** From the configuration that was frozen with it. */
  readonly release: Digest | null;
  readonly codeSha256: string;
  readonly state: string;
}

/** The version that the template published: `live` stood on it before the first promotion. It is never collected. */
export const staticVersion = '1';

const releaseIn = (configuration: FunctionConfiguration): Digest | null =>
  (configuration.Environment?.Variables?.SOUNDBITE_RELEASE as Digest | undefined) ?? null;

/** All published versions of a function, oldest first. */
export async function versionsOf(lambda: LambdaClient, FunctionName: string): Promise<Version[]> {
  const found: Version[] = [];
  for await (const page of paginateListVersionsByFunction({ client: lambda, pageSize: 50 }, { FunctionName }))
    for (const configuration of page.Versions ?? [])
      if (configuration.Version && configuration.Version !== '$LATEST')
        found.push({
          version: configuration.Version,
          release: releaseIn(configuration),
          codeSha256: configuration.CodeSha256 ?? '',
          state: configuration.State ?? 'Active',
        });
  return found.sort((a, b) => Number(a.version) - Number(b.version));
}

/** The version that runs a release: the youngest, where the template's static one runs it too. */
export const versionOf = (versions: readonly Version[], release: Digest): Version | null =>
  versions.findLast((version) => version.release === release) ?? null;

/** As `versionOf`, but it has to be there. Errors: `version-unknown`. */
export function knownVersion(versions: readonly Version[], release: Digest, functionName: string): Version {
  const version = versionOf(versions, release);
  if (version) return version;
  throw new SoundBiteError('version-unknown', `${functionName} has no version of ${release}`, {
    mend: 'promote this release: a version that was given back has to be published again',
  });
}

/** $LATEST once no update of it is under way. Errors: `version-unhealthy` when its last update failed, `function-busy`. */
export async function readyFunction(lambda: LambdaClient, FunctionName: string, everyMs: number) {
  const ready = await poll(
    async () => {
      const configuration = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      if (configuration.LastUpdateStatus === 'Failed' || configuration.State === 'Failed') throw failed(configuration);
      const isSettled = (configuration.LastUpdateStatus ?? 'Successful') === 'Successful';
      return isSettled && configuration.State !== 'Pending' ? configuration : undefined;
    },
    { everyMs, withinMs: 300_000 },
  );
  if (ready) return { ...ready, release: releaseIn(ready) };
  throw busy(FunctionName);
}

/** Waits until a published version can be invoked. Errors: `version-unhealthy`, `function-busy`. */
export async function activeVersion(
  lambda: LambdaClient,
  FunctionName: string,
  Qualifier: string,
  everyMs: number,
): Promise<FunctionConfiguration> {
  const active = await poll(
    async () => {
      const configuration = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier }));
      if (configuration.State === 'Failed') throw failed(configuration);
      return configuration.State === 'Pending' ? undefined : configuration;
    },
    { everyMs, withinMs: 300_000 },
  );
  if (active) return active;
  throw busy(`${FunctionName}:${Qualifier}`);
}

const failed = (configuration: FunctionConfiguration) =>
  new SoundBiteError(
    'version-unhealthy',
    `${configuration.FunctionName} is not usable: ${configuration.StateReason ?? configuration.LastUpdateStatusReason ?? 'no reason given'}`,
    { source: 'user', mend: 'mend the function in cdk/ or its code, and cut a new release' },
  );

const busy = (name: string) =>
  new SoundBiteError('function-busy', `${name} is still being updated after 5 min`, {
    mend: `look at it: soundbite aws <environment> lambda get-function-configuration --function-name ${name}`,
  });
