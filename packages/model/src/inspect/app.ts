import { asRecord, type Resource } from '../template.ts';
import { type Assembly, type AssemblyStack, keyText, type Place } from './assembly.ts';
import type { Where } from './inspection.ts';
import { resolver } from './references.ts';

/** One resource of an app, where it stands, and the resources that it names, by their keys. */
export interface Node {
  readonly key: string;
  readonly stack: AssemblyStack;
  readonly resource: Resource;
  readonly place: Place;
  readonly names: ReadonlySet<string>;
}

/** All resources of an assembly, and what leads from one to another over stacks. */
export interface App {
  readonly nodes: readonly Node[];
  /** The nodes that an expression in a node's stack leads to. */
  of(node: Node, value: unknown): readonly Node[];
}

export function appOf(assembly: Assembly): App {
  const resolve = resolver(assembly);
  const nodes = assembly.stacks.flatMap((stack) =>
    [...stack.template.resources.values()].map((resource): Node => {
      const { ServiceToken: _provider, ...properties } = resource.properties;
      const key = keyText({ stack: stack.name, id: resource.id });
      const place = stack.places.get(resource.id) ?? { path: resource.id, line: null, source: null };
      return { key, stack, resource, place, names: resolve(stack, properties) };
    }),
  );
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  return {
    nodes,
    of: ({ stack }, value) => [...resolve(stack, value)].flatMap((key) => byKey.get(key) ?? []),
  };
}

export const isCustom = ({ resource: { type } }: Node): boolean =>
  type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';

export const typed = ({ nodes }: App, type: string): readonly Node[] =>
  nodes.filter(({ resource }) => resource.type === type);

/** By which name a function can be called: itself, a version, an alias. */
export interface Handle {
  readonly node: Node;
  readonly label: string;
}

export const itself = 'the function';

/** The function and what qualifies it. */
export function handlesOf(app: App, lambda: Node): readonly Handle[] {
  const qualified = (type: string) =>
    typed(app, type).filter((node) => app.of(node, node.resource.properties.FunctionName).includes(lambda));
  return [
    { node: lambda, label: itself },
    ...qualified('AWS::Lambda::Version').map((node) => ({ node, label: 'a version' })),
    ...qualified('AWS::Lambda::Alias').map((node) => ({ node, label: `alias ${aliasName(node)}` })),
  ];
}

export const aliasName = ({ resource }: Node): string => String(resource.properties.Name);

/** Whether CodeDeploy moves an alias. */
export const isMovedByCodeDeploy = ({ resource }: Node): boolean =>
  asRecord(resource.updatePolicy).CodeDeployLambdaAliasUpdate !== undefined;

export const whereOf = ({ stack, place }: Node): Where => ({
  file: stack.file,
  line: place.line,
  source: place.source,
});
