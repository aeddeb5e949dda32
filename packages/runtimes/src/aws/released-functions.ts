import {
  type CloudAccess,
  type Digest,
  Digest as DigestSchema,
  declaredCodeKey,
  declaredFunction,
  declaredLayers,
  type FunctionTraits,
  givenParameters,
  isUncomputable,
  layerIds,
  SoundBiteError,
  stacksOf,
  type Target,
  type TemplateValues,
} from '@soundbite/model';
import { partitionOf } from '../infrastructure/assembly.ts';
import { componentsOf, saysComponents } from './components.ts';
import type { Released, ReleasedCode } from './released.ts';
import type { StackNames } from './stack-names.ts';

/** What releases have to say of the functions of one environment. */
export interface ReleasedFunctions {
  readonly target: Target;
  readonly access: CloudAccess;
  of(release: Digest): Promise<Released>;
  names(): Promise<StackNames>;
}

/** The answer for a function of a release, once computed. */
export function remembered<T>(
  compute: (functionName: string, release: Digest) => Promise<T>,
): (functionName: string, release: Digest) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (functionName, release) => {
    const key = `${functionName} ${release}`;
    const answer = known.get(key) ?? compute(functionName, release);
    known.set(key, answer);
    // A failure may be one of the moment.
    answer.catch(() => known.delete(key));
    return answer;
  };
}

/** The stack's resources are read only where the configuration refers to names that CloudFormation made. */
export async function declaredTraits(
  functions: ReleasedFunctions,
  functionName: string,
  release: Digest,
): Promise<FunctionTraits | null> {
  const { target, access, of } = functions;
  const { template } = await of(release);
  const values = valuesOf(target, access, release);
  const traits = declaredFunction(template, functionName, values);
  if (!saysComponents(target.outputs) || ![...(traits?.values() ?? [])].some(isUncomputable)) return traits;
  const made = await namesAsOf(functions, functionName, release);
  return declaredFunction(template, functionName, { ...values, names: { ...made, ...values.names } });
}

/** The stack's names as far as they are a release's: a layer that is declared otherwise by now was another one then. */
async function namesAsOf(functions: ReleasedFunctions, functionName: string, release: Digest): Promise<StackNames> {
  const deployed = DigestSchema.safeParse(functions.target.deployed).data ?? release;
  const [names, own, now, { template }] = await Promise.all([
    functions.names(),
    layersOf(functions, functionName, release),
    layersOf(functions, functionName, deployed),
    functions.of(release),
  ]);
  if (now === null || own === now) return names;
  const others = layerIds(template);
  return Object.fromEntries(Object.entries(names).filter(([id]) => !others.includes(id)));
}

/** What a release's layers of a function are made of; null: it is not in this store. */
export async function layersOf(
  { target, access, of }: ReleasedFunctions,
  functionName: string,
  release: Digest,
): Promise<string | null> {
  try {
    const { template } = await of(release);
    return declaredLayers(template, functionName, valuesOf(target, access, release));
  } catch (error) {
    if (error instanceof SoundBiteError && error.code === 'release-unknown') return null;
    throw error;
  }
}

export async function releasedCode(
  { target, access, of }: ReleasedFunctions,
  functionName: string,
  release: Digest,
): Promise<ReleasedCode | null> {
  const { template, code } = await of(release);
  const key = declaredCodeKey(template, functionName, valuesOf(target, access, release));
  return (key === null ? undefined : code.get(key)) ?? null;
}

export function valuesOf(target: Target, { account, region }: CloudAccess, release: Digest): TemplateValues {
  const { environment, outputs, cloud } = target;
  return {
    parameters: givenParameters(release, cloud.kind),
    outputs,
    names: saysComponents(outputs) ? generatedNames(target) : {},
    // A template of several stacks has their names in it.
    ...(stacksOf(environment).length === 1 ? { stack: stacksOf(environment)[0] } : {}),
    account,
    region,
    partition: partitionOf(region),
  };
}

/** A function keeps its logical id over releases: the name that CloudFormation made is that of older ones too. */
const generatedNames = (target: Target): Readonly<Record<string, string>> =>
  Object.fromEntries(
    componentsOf(target).flatMap(({ logicalId, functionName }) =>
      logicalId === null ? [] : [[logicalId, functionName]],
    ),
  );
