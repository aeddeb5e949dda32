import {
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListVersionsByFunction,
} from '@aws-sdk/client-lambda';
import { type Digest, SoundBiteError } from '@soundbite/model';
import { poll } from '../waiting.ts';
import type { Clients } from './clients.ts';
import { labelOf, latestVersion, namedRelease } from './labels.ts';
import type { Proving } from './proof.ts';

/** A published version of one function, as the account returns it. */
export interface Version {
  readonly version: string;
  /** The releases of those in question that it is proven to be: several, where they have the same function. None, whatever its label says. */
  readonly releases: readonly Digest[];
  /** Its own label. */
  readonly claim: Digest | null;
  /** Why it is not the release that it claims to be, or that the stack has. None of one that is a release. */
  readonly doubts: readonly string[];
  /** It may be a release that only another machine has; see `Proof`. */
  readonly isElsewhere: boolean;
  readonly state: string;
  /** All that the account says of it. */
  readonly told: FunctionConfiguration;
}

/** A function as the account returns it. */
export interface FunctionVersions {
  /** All published ones, oldest first. */
  readonly published: readonly Version[];
  /** The next version to publish. Nothing sends traffic to it. */
  readonly latest: Version | null;
}

/** All versions of a function, each proven or doubted to be one of these releases, or the one that it is labelled with. */
export async function versionsOf(
  clients: Clients & Proving,
  functionName: string,
  releases: readonly Digest[],
): Promise<FunctionVersions> {
  return provenVersions(clients, functionName, releases, await toldVersions(clients, functionName));
}

/** All versions of a function as the account returns them, $LATEST among them. */
export async function toldVersions({ lambda }: Clients, FunctionName: string): Promise<FunctionConfiguration[]> {
  const told: FunctionConfiguration[] = [];
  for await (const page of paginateListVersionsByFunction({ client: lambda, pageSize: 50 }, { FunctionName }))
    told.push(...(page.Versions ?? []));
  return told;
}

/** As `versionsOf`, of what the account has returned. */
export async function provenVersions(
  proving: Proving,
  functionName: string,
  releases: readonly Digest[],
  told: readonly FunctionConfiguration[],
): Promise<FunctionVersions> {
  const versions = await Promise.all(told.map((one) => versionIn(one, functionName, proving, releases)));
  return {
    published: versions
      .filter(({ version }) => version !== latestVersion)
      .toSorted((a, b) => Number(a.version) - Number(b.version)),
    latest: versions.find(({ version }) => version === latestVersion) ?? null,
  };
}

/** A version according to the account: which of these releases it is, and whether its label is true. */
export async function versionIn(
  told: FunctionConfiguration,
  functionName: string,
  { prove, deployed }: Pick<Proving, 'prove' | 'deployed'>,
  releases: readonly Digest[],
): Promise<Version> {
  const version = told.Version ?? latestVersion;
  const [named, claim] = [namedRelease(told), labelOf(told)];
  const asked = named ? [named] : [claim, ...releases, deployed].filter((one) => one !== null);
  const proofs = new Map(
    await Promise.all([...new Set(asked)].map(async (one) => [one, await prove(functionName, told, one)] as const)),
  );
  const proven = [...proofs].filter(([, { doubts }]) => doubts.length === 0).map(([release]) => release);
  // What says nothing of itself is compared with what the stack has.
  const proof = proofs.get((claim ?? deployed) as Digest);
  const isLabelled = claim !== null || version === latestVersion;
  return {
    version,
    releases: proven,
    claim,
    doubts: proven.length > 0 ? [] : (proof?.doubts ?? ['it names no release']),
    isElsewhere: proven.length === 0 && isLabelled && (proof?.isElsewhere ?? false),
    state: told.State ?? 'Active',
    told,
  };
}

/** The version that runs a release: the youngest that was published for it, else the youngest that is the same. */
export function versionOf({ published }: FunctionVersions, release: Digest): Version | null {
  const same = published.filter(({ releases }) => releases.includes(release));
  return same.findLast(({ claim }) => claim === release) ?? same.at(-1) ?? null;
}

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
