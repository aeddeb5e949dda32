import { type App, aliasName, handlesOf, isMovedByCodeDeploy, type Node } from './app.ts';

/** An alias that an app gives a function. */
export interface OwnAlias {
  readonly node: Node;
  readonly name: string;
  /** The versions that the CDK makes anew with each change, of which the alias is on the last one. */
  readonly versions: readonly Node[];
  /** Who moves it with each deployment; null: nobody does. */
  readonly mover: 'CloudFormation' | 'CodeDeploy' | null;
}

/** The aliases that an app gives a function. */
export const aliasesOf = (app: App, lambda: Node): readonly OwnAlias[] =>
  handlesOf(app, lambda).flatMap(({ node }): OwnAlias[] => {
    if (node.resource.type !== 'AWS::Lambda::Alias') return [];
    const versions = app.of(node, node.resource.properties.FunctionVersion).filter(isMade);
    const mover = isMovedByCodeDeploy(node) ? 'CodeDeploy' : versions.length > 0 ? 'CloudFormation' : null;
    return [{ node, name: aliasName(node), versions, mover }];
  });

/** Whether the CDK names a version by the function's code and configuration (`currentVersion`): another one with each change. */
const isMade = ({ resource: { type, id } }: Node): boolean =>
  type === 'AWS::Lambda::Version' && /CurrentVersion[0-9A-Fa-f]{8,}$/.test(id);

/** Why the aliases of a function cannot be left to promotions alone, one sentence without its subject each; none: they can. */
export function aliasProblems(app: App, lambda: Node): string[] {
  const aliases = aliasesOf(app, lambda);
  const several = `has the aliases ${aliases.map(({ name }) => name).join(' and ')}, of which one alone can have the traffic`;
  const namers = aliases.flatMap(({ node, versions }) => namersOf(app, node, versions));
  return [
    ...(aliases.length > 1 ? [several] : []),
    ...namers.map(
      (who) => `has a version that ${who} names, and that is another one with each change: name the alias there`,
    ),
  ];
}

/** What names a version besides its alias. Promotions make the versions, so that it would name nothing. */
function namersOf({ nodes }: App, alias: Node, versions: readonly Node[]): string[] {
  const isNamed = (one: Node) => versions.some(({ key }) => one.names.has(key));
  const resources = nodes.filter((one) => one !== alias && isNamed(one)).map(({ place }) => place.path);
  const outputs = versions.flatMap(({ stack, resource }) =>
    [...stack.template.outputs].flatMap(([name, { Value }]) =>
      JSON.stringify(Value).includes(resource.id) ? [`the output ${name}`] : [],
    ),
  );
  return [...new Set([...resources, ...outputs])];
}
