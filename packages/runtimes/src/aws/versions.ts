import {
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListVersionsByFunction,
} from '@aws-sdk/client-lambda';
import { type Digest, SoundBiteError } from '@soundbite/model';
import { poll } from '../waiting.ts';
import type { Clients } from './clients.ts';
import { claimOf, type Proving } from './proof.ts';

/** A published version of one function, as the account returns it. */
export interface Version {
  readonly version: string;
  /** The release that it is proven to be; null if none, whatever its label says. */
  readonly release: Digest | null;
  /** Its own label. */
  readonly claim: Digest | null;
  /** Why it is not the release that it claims to be. */
  readonly doubts: readonly string[];
  /** It may be a release that only another machine has; see `Proof`. */
  readonly isElsewhere: boolean;
  readonly state: string;
}

/** A function as the account returns it. */
export interface FunctionVersions {
  /** All published ones, oldest first. */
  readonly published: readonly Version[];
  /** The next version to publish. Nothing sends traffic to it. */
  readonly latest: Version | null;
}

/** The version that the template published: `live` stood on it before the first promotion. It is never collected. */
export const staticVersion = '1';

/** All versions of a function, each proven or doubted. */
export async function versionsOf(
  { lambda, prove }: Clients & Proving,
  FunctionName: string,
): Promise<FunctionVersions> {
  const told: FunctionConfiguration[] = [];
  for await (const page of paginateListVersionsByFunction({ client: lambda, pageSize: 50 }, { FunctionName }))
    told.push(...(page.Versions ?? []));
  const versions = await Promise.all(told.map((configuration) => versionIn(configuration, FunctionName, prove)));
  return {
    published: versions
      .filter(({ version }) => version !== latestVersion)
      .toSorted((a, b) => Number(a.version) - Number(b.version)),
    latest: versions.find(({ version }) => version === latestVersion) ?? null,
  };
}

const latestVersion = '$LATEST';

/** A version according to the account, and whether its label is true. */
export async function versionIn(
  told: FunctionConfiguration,
  functionName: string,
  prove: Proving['prove'],
): Promise<Version> {
  const { doubts, isElsewhere } = await prove(functionName, told);
  const claim = claimOf(told);
  return {
    version: told.Version ?? latestVersion,
    release: doubts.length === 0 ? claim : null,
    claim,
    doubts,
    isElsewhere,
    state: told.State ?? 'Active',
  };
}

/** The version that runs a release: the youngest, where the template's static one runs it too. */
export const versionOf = ({ published }: FunctionVersions, release: Digest): Version | null =>
  published.findLast((version) => version.release === release) ?? null;

/** As `versionOf`, but it has to be there. Errors: `version-unknown`. */
export function knownVersion(versions: FunctionVersions, release: Digest, functionName: string): Version {
  const version = versionOf(versions, release);
  if (version) return version;
  const doubted = versions.published
    .filter(({ claim }) => claim === release)
    .map((one) => `version ${one.version} claims to be it, but ${one.doubts.join(', ')}`);
  throw new SoundBiteError('version-unknown', [`${functionName} has no version of ${release}`, ...doubted].join('; '), {
    hint: 'promote this release: its version was removed',
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
  if (ready) return ready;
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

/** Why Lambda cannot run a function, where it is the function's own doing: its code or its declaration. */
const ofTheFunction = /^(Invalid|FunctionError|DisallowedBy)/;

/** Errors: `version-unhealthy`; `function-unusable` where Lambda itself or the account (keys, addresses, roles, quotas) is the reason. */
function failed(configuration: FunctionConfiguration): SoundBiteError {
  const { FunctionName, StateReasonCode, LastUpdateStatusReasonCode } = configuration;
  const why = configuration.StateReason ?? configuration.LastUpdateStatusReason ?? 'no reason given';
  const reason = StateReasonCode ?? LastUpdateStatusReasonCode;
  const message = `${FunctionName} is not usable: ${why}`;
  return reason === undefined || ofTheFunction.test(reason)
    ? new SoundBiteError('version-unhealthy', message, {
        hint: 'fix the function in the CDK app or its code, and cut a new release',
      })
    : new SoundBiteError('function-unusable', `${message} (${reason})`);
}

const busy = (name: string) =>
  new SoundBiteError('function-busy', `${name} is still being updated after 5 min`, {
    hint: `see: soundbite aws <environment> lambda get-function-configuration --function-name ${name}`,
  });
