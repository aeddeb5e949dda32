import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import {
  type CloudAccess,
  type DeclaredRoute,
  type Digest,
  Digest as DigestSchema,
  declaredInvokers,
  declaredRoutes,
  type FunctionTraits,
  functionDifferences,
  type Invoker,
  isUncomputable,
  SoundBiteError,
  shortDigest,
  type Target,
  type TemplateValues,
  toldFunction,
} from '@soundbite/model';
import type { Aliased } from './components.ts';
import { labelOf } from './labels.ts';
import { type Released, type ReleasedCode, type Releases, readReleased } from './released.ts';
import {
  declaredTraits,
  layersOf,
  type ReleasedFunctions,
  releasedCode,
  remembered,
  valuesOf,
} from './released-functions.ts';
import { stackNames } from './stack-names.ts';

export interface Proof {
  /** Why a version is not a release, one sentence a reason. None: its code and its configuration are that release's. */
  readonly doubts: readonly string[];
  /** This machine does not have that release, and other machines may use the account too, a real one: it may well be that release. */
  readonly isElsewhere: boolean;
}

/** A function, and its alias by its name. */
type Called = Pick<Aliased, 'functionName' | 'alias'>;

interface DeclaredInvokers {
  readonly ofAlias: readonly Invoker[];
  readonly ofFunction: readonly Invoker[];
}

/** Clients of a call that have to tell releases from what only claims to be one. */
export interface Proving {
  /** The release whose template the stack has; null: unknown. */
  readonly deployed: Digest | null;
  /** Whether what was found is what a release has under this name. */
  prove(functionName: string, found: FunctionConfiguration, release: Digest): Promise<Proof>;
  /** The configuration that a release declares for a function; null: it has no such function. Errors: `release-unknown`, `release-altered`. */
  declared(functionName: string, release: Digest): Promise<FunctionTraits | null>;
  /** The code that a release has for a function; null: none that is a file of it. Errors: as of `declared`. */
  code(functionName: string, release: Digest): Promise<ReleasedCode | null>;
  /** Whom the deployed template permits to invoke a function's alias and the function itself; null: that release is not in this store. */
  invokers(component: Called): Promise<DeclaredInvokers | null>;
  /** The routes that the deployed template declares for the HTTP API that leads to a function's alias; null: as of `invokers`. */
  routes(component: Called): Promise<readonly DeclaredRoute[] | null>;
}

/** Whether a release has such a function at all: a component that a later one added is none of it. One that is not in this store is taken to have it. */
export async function declares(
  { declared }: Pick<Proving, 'declared'>,
  name: string,
  release: Digest,
): Promise<boolean> {
  try {
    return (await declared(name, release)) !== null;
  } catch (error) {
    if (error instanceof SoundBiteError && error.code === 'release-unknown') return true;
    throw error;
  }
}

/** Proofs by what releases hold, which are named by their content. What was read of a release once holds for good. */
export function prover(releases: Releases): (target: Target, access: CloudAccess) => Proving {
  const known = new Map<string, Released>();
  const names = stackNames();

  async function declaredBy(release: Digest, environment: string): Promise<Released> {
    const key = `${environment} ${release}`;
    const found = known.get(key) ?? (await readReleased(releases, release, environment));
    known.set(key, found);
    return found;
  }

  return (target, access) => {
    const released = {
      target,
      access,
      of: (release: Digest) => declaredBy(release, target.environment.name),
      names: () => names(target, access),
    };
    const proofs = {
      ...released,
      // Each version of a function is compared with each release in question.
      declared: remembered((name, release) => declaredTraits(released, name, release)),
      code: remembered((name, release) => releasedCode(released, name, release)),
    };
    return {
      declared: proofs.declared,
      code: proofs.code,
      invokers: ({ functionName, alias }) =>
        ofDeployed(proofs, (template, values) => ({
          ofAlias: declaredInvokers(template, functionName, alias, values),
          ofFunction: declaredInvokers(template, functionName, null, values),
        })),
      routes: ({ functionName, alias }) =>
        ofDeployed(proofs, (template, values) => declaredRoutes(template, functionName, alias, values)),
      deployed: DigestSchema.safeParse(target.deployed).data ?? null,
      prove: (functionName, found, release) => prove(proofs, functionName, found, release),
    };
  };
}

type Proofs = ReleasedFunctions & Pick<Proving, 'declared' | 'code'>;

/** What the deployed template says; null: its release is not in this store. */
async function ofDeployed<T>(
  { target, access, of }: ReleasedFunctions,
  read: (template: unknown, values: TemplateValues) => T,
): Promise<T | null> {
  const deployed = DigestSchema.safeParse(target.deployed);
  if (!deployed.success) return null;
  try {
    const { template } = await of(deployed.data);
    return read(template, valuesOf(target, access, deployed.data));
  } catch (error) {
    if (error instanceof SoundBiteError && error.code === 'release-unknown') return null;
    throw error;
  }
}

async function prove(
  proofs: Proofs,
  functionName: string,
  found: FunctionConfiguration,
  release: Digest,
): Promise<Proof> {
  try {
    return { doubts: await doubtsOf(proofs, functionName, release, found), isElsewhere: false };
  } catch (error) {
    if (!(error instanceof SoundBiteError)) throw error;
    const isElsewhere = error.code === 'release-unknown' && proofs.access.kind === 'real';
    return { doubts: [error.message], isElsewhere };
  }
}

/** How a version's code and configuration differ from those of a release. */
async function doubtsOf(
  proofs: Proofs,
  functionName: string,
  digest: Digest,
  found: FunctionConfiguration,
): Promise<string[]> {
  const release = shortDigest(digest);
  const wanted = await proofs.declared(functionName, digest);
  if (!wanted) return [`${release} declares no function ${functionName}`];
  const code = await proofs.code(functionName, digest);
  const released = code ? `was released with ${code.codeSha256}` : 'has no code for it among its files';
  return [
    ...(found.CodeSha256 === code?.codeSha256 ? [] : [`its code is ${found.CodeSha256}, and ${release} ${released}`]),
    ...functionDifferences(wanted, toldFunction(functionName, found)),
    ...(await layerDoubts(proofs, functionName, digest, found)),
  ];
}

/** Where its layers are not known by name, a version that was made for another release must have the same: that release says which. */
async function layerDoubts(
  proofs: Proofs,
  functionName: string,
  digest: Digest,
  found: FunctionConfiguration,
): Promise<string[]> {
  const made = labelOf(found);
  const isKnown = !isUncomputable((await proofs.declared(functionName, digest))?.get('Layers'));
  if (isKnown || made === null || made === digest) return [];
  const [own, its] = await Promise.all([digest, made].map((one) => layersOf(proofs, functionName, one)));
  return own === its ? [] : [`its layers are those of ${shortDigest(made)}`];
}
