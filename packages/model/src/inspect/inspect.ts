import { textOf } from '../template.ts';
import { aliasesOf, aliasProblems } from './aliases.ts';
import { type App, appOf, isCustom, type Node, typed, whereOf } from './app.ts';
import type { Assembly } from './assembly.ts';
import { inDeploymentOrder } from './deployment-order.ts';
import type { InspectedFunction, InspectedProblem, Inspection } from './inspection.ts';
import { emptyApp, problemsOf } from './problems.ts';
import { triggersOf } from './triggers.ts';

/** Bytes of unpacked code, layers included, that Lambda takes. */
const mostCode = 250 * 1024 * 1024;

/**
 * What SoundBite finds in a cloud assembly, without an account: which functions can be promoted, what calls them and what becomes of that, what every
 * deployment replaces, and what prevents delivery. Pure.
 */
export function inspect(assembly: Assembly): Inspection {
  const app = appOf(assembly);
  const helpers = helpersOf(app);
  const lambdas = typed(app, 'AWS::Lambda::Function');
  return {
    format: 'soundbite.inspection/1',
    stacks: inDeploymentOrder(assembly, app).map(({ name, file, account, region, template }) => ({
      ...{ name, file, account, region },
      resources: template.resources.size,
    })),
    functions: lambdas.filter((node) => !helpers.has(node)).map((node) => inspected(app, node)),
    helpers: [...helpers].map(({ stack, resource, place }) => ({
      stack: stack.name,
      path: place.path,
      id: resource.id,
    })),
    replaced: app.nodes.flatMap(replacedOf),
    problems: [...emptyApp(app), ...problemsOf(assembly, app, anyEnvironment)],
  };
}

/** No environment is known yet: a name that none has. */
const anyEnvironment = 'any-environment';

/** What of an environment's assembly cannot be deployed at all by this version, whatever is promoted in it; a cut refuses it. */
export function undeliverable(assembly: Assembly, environment: string): InspectedProblem[] {
  const app = appOf(assembly);
  const unfit = typed(app, 'AWS::Lambda::Function').flatMap((node) =>
    unfitCode(node).map((what) => ({
      message: `${node.place.path}: ${what}`,
      hint: 'see soundbite inspect',
      where: whereOf(node),
    })),
  );
  return [...problemsOf(assembly, app, environment), ...unfit];
}

/** The functions that custom resources call. */
function helpersOf(app: App): ReadonlySet<Node> {
  const called = app.nodes.filter(isCustom).flatMap((node) => app.of(node, node.resource.properties.ServiceToken));
  return new Set(called.filter(({ resource }) => resource.type === 'AWS::Lambda::Function'));
}

function inspected(app: App, node: Node): InspectedFunction {
  const { stack, resource, place } = node;
  const { PackageType, Runtime } = resource.properties;
  const isImage = PackageType === 'Image';
  const triggers = triggersOf(app, node);
  const prevents = [...unfitCode(node), ...aliasProblems(app, node).map((what) => `it ${what}`)];
  return {
    ...{ stack: stack.name, path: place.path, id: resource.id },
    runtime: Runtime === undefined ? null : textOf(Runtime),
    package: isImage ? 'image' : 'zip',
    triggers: [...triggers],
    promotable: prevents.length === 0 && triggers.every(({ verdict }) => verdict !== 'refused'),
    prevents,
    notes: [...(triggers.length > 0 ? [] : [uncalled]), ...movedAliases(app, node)],
    where: whereOf(node),
  };
}

const uncalled = 'nothing in the app calls it: callers elsewhere have to name the alias';

const unfitCode = ({ stack, resource }: Node): string[] => [
  ...(resource.properties.PackageType === 'Image' ? ['it is a container image, and those are not delivered yet'] : []),
  ...tooLarge(stack.codeBytes.get(resource.id)),
];

const tooLarge = (bytes = 0): string[] =>
  bytes > mostCode ? [`its code has ${Math.ceil(bytes / 1024 / 1024)} MiB unpacked; Lambda takes 250`] : [];

/** Two movers of one alias undo each other's work: of what is delivered there is one. */
const movedAliases = (app: App, lambda: Node): string[] =>
  aliasesOf(app, lambda).flatMap(({ name, mover }) =>
    mover === null
      ? []
      : [
          `${mover} moves its alias ${name} with each deployment until it is delivered; from then on promotions alone do`,
        ],
  );

/** What the CDK gives another logical id, so that CloudFormation replaces it. */
const replacing: Readonly<Record<string, string>> = {
  'AWS::Lambda::Version':
    'the CDK names it by code and configuration (currentVersion): another version takes its place',
  'AWS::ApiGateway::Deployment': 'the CDK names it by the API: another deployment takes its place when that changes',
};

function replacedOf({ stack, resource: { id, type } }: Node): Inspection['replaced'] {
  const reason = replacing[type];
  return reason ? [{ stack: stack.name, id, type, reason }] : [];
}
