import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import {
  awsNames,
  type CloudAccess,
  type Digest,
  Digest as DigestSchema,
  declaredFunction,
  declaredInvokers,
  type FunctionTraits,
  functionDifferences,
  givenParameters,
  type Invoker,
  liveAlias,
  type ReleaseStore,
  SoundBiteError,
  shortDigest,
  type Target,
  toldFunction,
} from '@soundbite/model';
import { partitionOf } from '../infrastructure/assembly.ts';

/** Where the runtime looks a release up that a version claims to be. */
export type Releases = Pick<ReleaseStore, 'get'>;

/** A release's declaration of an environment's functions. */
interface Declared {
  readonly codeSha256: string;
  readonly template: unknown;
}

/** The release that a function or a version of it claims to be: a label that anybody can copy. */
export function claimOf({ Environment }: FunctionConfiguration): Digest | null {
  const claim = DigestSchema.safeParse(Environment?.Variables?.SOUNDBITE_RELEASE);
  return claim.success ? claim.data : null;
}

export interface Proof {
  /** Why a version is not the release that it claims to be, one sentence a reason. None: its code and its configuration are that release's. */
  readonly doubts: readonly string[];
  /** It claims a release that this machine does not have, in a real account, which other machines may use too: it may well be that release. */
  readonly isElsewhere: boolean;
}

/** Clients of a call that have to tell releases from what only claims to be one. */
export interface Proving {
  prove(functionName: string, found: FunctionConfiguration): Promise<Proof>;
  /** The configuration that a release declares for a function; null: it has no such function. Errors: `release-unknown`, `release-altered`. */
  declared(functionName: string, release: Digest): Promise<FunctionTraits | null>;
  /** Whom the deployed template permits to invoke a function's `live` alias; null: that release is not in this store. */
  invokers(functionName: string): Promise<readonly Invoker[] | null>;
}

/** Proofs by what releases hold, which are named by their content. What was read of a release once holds for good. */
export function prover(releases: Releases): (target: Target, access: CloudAccess) => Proving {
  const known = new Map<string, Declared>();

  async function declaredBy(release: Digest, environment: string): Promise<Declared> {
    const key = `${environment} ${release}`;
    const found = known.get(key) ?? (await readDeclared(releases, release, environment));
    known.set(key, found);
    return found;
  }

  return (target, access) => {
    const proofs = { target, access, of: (release: Digest) => declaredBy(release, target.environment.name) };
    return {
      declared: (functionName, release) => declaredTraits(proofs, functionName, release),
      invokers: (functionName) => declaredInvokersOf(proofs, functionName),
      prove: (functionName, found) => prove(proofs, functionName, found),
    };
  };
}

/** What releases have to say of the functions of one environment. */
interface Proofs {
  readonly target: Target;
  readonly access: CloudAccess;
  of(release: Digest): Promise<Declared>;
}

async function declaredTraits(
  { target, access, of }: Proofs,
  functionName: string,
  release: Digest,
): Promise<FunctionTraits | null> {
  const { template } = await of(release);
  return declaredFunction(template, functionName, valuesOf(target, access, release));
}

async function declaredInvokersOf({ target, access, of }: Proofs, functionName: string) {
  const deployed = DigestSchema.safeParse(target.deployed);
  if (!deployed.success) return null;
  try {
    const { template } = await of(deployed.data);
    return declaredInvokers(template, functionName, liveAlias, valuesOf(target, access, deployed.data));
  } catch (error) {
    if (error instanceof SoundBiteError && error.code === 'release-unknown') return null;
    throw error;
  }
}

async function prove(proofs: Proofs, functionName: string, found: FunctionConfiguration): Promise<Proof> {
  const claim = claimOf(found);
  if (!claim) return { doubts: ['it names no release'], isElsewhere: false };
  try {
    return { doubts: await doubtsOf(proofs, functionName, claim, found), isElsewhere: false };
  } catch (error) {
    if (!(error instanceof SoundBiteError)) throw error;
    const isElsewhere = error.code === 'release-unknown' && proofs.access.kind === 'real';
    return { doubts: [error.message], isElsewhere };
  }
}

/** How a version's code and configuration differ from those of the release that it claims to be. */
async function doubtsOf(
  proofs: Proofs,
  functionName: string,
  claim: Digest,
  found: FunctionConfiguration,
): Promise<string[]> {
  const { codeSha256 } = await proofs.of(claim);
  const code = `its code is ${found.CodeSha256}, and ${shortDigest(claim)} was released with ${codeSha256}`;
  const wanted = await declaredTraits(proofs, functionName, claim);
  return [
    ...(found.CodeSha256 === codeSha256 ? [] : [code]),
    ...(wanted
      ? functionDifferences(wanted, toldFunction(functionName, found))
      : [`${shortDigest(claim)} declares no function ${functionName}`]),
  ];
}

/** A release's own word, proven by its manifest. Errors: `release-unknown`, `release-altered`. */
async function readDeclared(releases: Releases, digest: Digest, environment: string): Promise<Declared> {
  const { directory, manifest } = await releases.get(digest);
  const path = `assembly/${environment}/${awsNames(environment).stack}.template.json`;
  const bytes = await readFile(join(directory, path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.of();
    throw error;
  });
  const expected = manifest.files.find((file) => file.path === path)?.sha256;
  if (createHash('sha256').update(bytes).digest('hex') !== expected)
    throw new SoundBiteError('release-altered', `${path} of ${digest} is not what was cut`, {
      hint: `soundbite release verify ${digest}`,
    });
  return { codeSha256: manifest.service.codeSha256, template: JSON.parse(bytes.toString('utf8')) as unknown };
}

const valuesOf = ({ outputs, cloud }: Target, { account, region }: CloudAccess, release: Digest) => ({
  parameters: givenParameters(release, cloud.kind),
  outputs,
  account,
  region,
  partition: partitionOf(region),
});
