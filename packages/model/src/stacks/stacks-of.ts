import type { Environment } from '../declaration/shape.ts';
import { awsNames } from '../names.ts';
import type { ServiceDeclaration } from '../service-declaration/shape.ts';
import { asRecord } from '../template.ts';

/** What has the stacks of an environment: a declared one, or a recorded one. */
export type WithStacks = Pick<Environment, 'name' | 'stacks'>;

/** The names of an environment's stacks, in the order in which they are deployed. A service that declares none has one. */
export const stacksOf = ({ name, stacks }: WithStacks): readonly string[] => stacks ?? [awsNames(name).stack];

/** A stack of a service's app: as the app calls it in an environment, and its name there. */
export interface NamedStack {
  readonly stack: string;
  readonly name: string;
}

/** The stacks that service.yaml lists, in an environment; null: it lists none, and the app has one. */
export function declaredStacks(
  { stacks }: Pick<ServiceDeclaration, 'stacks'>,
  environment: string,
): readonly NamedStack[] | null {
  if (stacks === undefined) return null;
  const here = (text: string) => text.replaceAll('{environment}', environment);
  return stacks.map((one) => {
    const { stack, name = null } = typeof one === 'string' ? { stack: one } : one;
    return { stack: here(stack), name: here(name ?? `${awsNames(environment).stack}-${stack.replaceAll('/', '-')}`) };
  });
}

/** The stacks of an assembly that is part of a release, in the order in which they are deployed. `manifest`: its manifest.json, parsed. Source: @aws-cdk/cloud-assembly-schema. */
export const assembledStacks = (manifest: unknown): string[] =>
  Object.entries(asRecord(asRecord(manifest).artifacts)).flatMap(([id, artifact]) => {
    const { type, properties } = asRecord(artifact);
    return type === 'aws:cloudformation:stack' ? [String(asRecord(properties).stackName ?? id)] : [];
  });
