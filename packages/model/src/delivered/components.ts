import { aliasesOf, aliasProblems, type OwnAlias } from '../inspect/aliases.ts';
import { type App, appOf, type Node, typed } from '../inspect/app.ts';
import type { Assembly } from '../inspect/assembly.ts';
import { triggerKinds } from '../inspect/trigger-kinds.ts';
import { type Caller, callersOf, verdictOn } from '../inspect/triggers.ts';
import { liveAlias } from '../names.ts';
import { contractPaths } from '../service-contract.ts';
import { asRecord, isSame, type Json, textOf } from '../template.ts';
import type { ComponentProblem, DeclaredComponent, FoundComponent, FoundQueue } from './found-component.ts';
import { httpProblems } from './health-and-path.ts';
import { principalOf } from './held-callers.ts';
import { isFunction } from './is-function.ts';
import { restApisOf } from './rest-apis.ts';

/** Looks the declared components up in an environment's assembly. Each is there whole, or the problems say what it lacks. Pure. */
export function findComponents(
  assembly: Assembly,
  declared: readonly DeclaredComponent[],
  environment: string,
): { readonly components: readonly FoundComponent[]; readonly problems: readonly ComponentProblem[] } {
  const app = appOf(assembly);
  const nodes = declared.map((component) => functionOf(app, component, environment));
  const found = declared.map((component, index) => {
    const node = nodes[index];
    if (!node) return { problems: [unknown(app, component)] };
    const earlier = declared[nodes.indexOf(node)];
    if (earlier !== component) return { problems: [`is the function of ${earlier?.name} already`] };
    return { ...componentOf(app, component, node), problems: problemsOf(app, node) };
  });
  const ofFunction = found.flatMap(({ problems }, index) =>
    problems.map((message): ComponentProblem => ({ index, key: 'function', message })),
  );
  const components = found.flatMap((one) => ('component' in one && one.component ? [one.component] : []));
  return { components, problems: [...ofFunction, ...httpProblems(declared, components)] };
}

/** By its logical id, or by the path of its construct with or without the stack. */
function functionOf(app: App, { function: wanted }: DeclaredComponent, environment: string): Node | undefined {
  const name = wanted.replaceAll('{environment}', environment);
  const named = ({ resource, place }: Node) =>
    [resource.id, place.path, place.path.split('/').slice(1).join('/')].includes(name);
  return typed(app, 'AWS::Lambda::Function').find(named);
}

function unknown(app: App, { function: wanted }: DeclaredComponent): string {
  const known = typed(app, 'AWS::Lambda::Function').map(({ place }) => place.path);
  const has = known.length > 0 ? `it has ${known.join(', ')}` : 'it has none';
  return `${wanted} is no function of the app; ${has}`;
}

function componentOf(app: App, { name, health, path, contract }: DeclaredComponent, node: Node) {
  const { id } = node.resource;
  const callers = callersOf(app, node);
  const queues = callers.flatMap(({ node: mapping, kind }) => {
    const [queue] = kind === 'sqs' ? app.of(mapping, mapping.resource.properties.EventSourceArn) : [];
    return queue ? [queueOf(mapping, queue)] : [];
  });
  const placed = (found: Caller | undefined) => found && { id: found.node.resource.id, stack: found.node.stack.name };
  const moves = callers.filter((caller) => verdictOn(caller).verdict === 'moves');
  const component: FoundComponent = {
    ...{ name, id, queues, moves, stack: node.stack.name, exports: exportsOf(node) },
    health: health ?? (contract ? contractPaths.alive : null),
    path: path ?? null,
    contract: contract ?? false,
    ...aliasFor(id, aliasesOf(app, node)[0]),
    api: apisOf(callers)[0] ?? null,
    rest: restApisOf(app, callers).find((one) => typeof one !== 'string') ?? null,
    url: placed(callers.find(({ kind }) => kind === 'function-url')) ?? null,
    callers: permissionsOf(app, node, moves).map(({ resource: permission, stack }) => ({
      ...{ id: permission.id, stack: stack.name },
      principal: String(permission.properties.Principal),
      source: permission.properties.SourceArn ?? null,
      account: permission.properties.SourceAccount ?? null,
    })),
  };
  return { component };
}

function queueOf({ resource, stack }: Node, queue: Node): FoundQueue {
  const url = queue.stack === stack ? { Ref: queue.resource.id } : addressOfQueue(resource.properties.EventSourceArn);
  return { mapping: resource.id, stack: stack.name, url };
}

/** The address of a queue by its ARN: another stack exports that alone. */
const addressOfQueue = (arn: unknown): Json => {
  const part = (at: number) => ({ 'Fn::Select': [at, { 'Fn::Split': [':', arn] }] });
  const host = ['sqs.', part(3), '.', { Ref: 'AWS::URLSuffix' }];
  return { 'Fn::Join': ['', ['https://', ...host, '/', part(4), '/', part(5)]] };
};

/** The names under which a function's stack exports it. */
const exportsOf = ({ resource: { id }, stack }: Node): string[] =>
  [...stack.template.outputs.values()].flatMap(({ Export, Value }) => {
    const { Name } = asRecord(Export);
    return Name !== undefined && isFunction(Value, id) ? [textOf(Name)] : [];
  });

/** The permissions by which rules and topics that move may call the function itself. */
function permissionsOf(app: App, node: Node, moves: readonly Caller[]): readonly Node[] {
  const held = new Set(moves.flatMap(({ kind }) => principalOf[kind] ?? []));
  return typed(app, 'AWS::Lambda::Permission').filter(
    (one) =>
      held.has(String(one.resource.properties.Principal)) &&
      isOfFunction(app.of(one, one.resource.properties.FunctionName), node),
  );
}

/** What names an alias or a version names the function beside. */
const isOfFunction = (named: readonly Node[], node: Node): boolean =>
  named.includes(node) && named.every(({ resource: { type } }) => type === 'AWS::Lambda::Function');

/** The alias of a component, whose function has this logical id: the one that the app gives it, or one that is added. */
function aliasFor(id: string, own: OwnAlias | undefined) {
  if (!own) return { alias: `${id}Live`, aliasName: liveAlias, aliasIs: 'added', versions: [] } as const;
  const isStill = own.mover === null && own.name === liveAlias;
  return {
    alias: own.node.resource.id,
    aliasName: own.name,
    aliasIs: isStill ? 'own' : 'frozen',
    versions: own.versions.map(({ resource }) => resource.id),
  } as const;
}

/** The HTTP APIs that lead to a function, each once. */
function apisOf(callers: readonly Caller[]): readonly { readonly id: unknown; readonly stack: string }[] {
  const all = callers.flatMap(({ kind, node: { resource, stack } }) =>
    kind === 'http-api' ? [{ id: resource.properties.ApiId, stack: stack.name }] : [],
  );
  return all.filter((api, index) => all.findIndex((other) => isSame(other, api)) === index);
}

function problemsOf(app: App, node: Node): string[] {
  const callers = callersOf(app, node);
  const refused = callers.filter((caller) => verdictOn(caller).verdict === 'refused');
  const strangers = callers.filter(
    ({ kind, node: mapping }) =>
      kind === 'sqs' && app.of(mapping, mapping.resource.properties.EventSourceArn).length === 0,
  );
  const restApis = refused.length === 0 ? restApisOf(app, callers) : [];
  const conditional = permissionsOf(app, node, callers).filter(({ resource }) => resource.condition !== undefined);
  return [
    ...conditional.map(
      ({ place }) => `may be called by ${place.path} under a condition of the template only; give it without one`,
    ),
    ...refused.map(
      (caller) =>
        `is called by ${caller.node.place.path} (${triggerKinds[caller.kind].name}), which ${verdictOn(caller).reason}`,
    ),
    ...aliasProblems(app, node),
    ...restApis.filter((one) => typeof one === 'string'),
    ...(apisOf(callers).length + restApis.length > 1
      ? ['is behind two APIs; one of them has to lead to a function of its own']
      : []),
    ...(callers.filter(({ kind }) => kind === 'function-url').length > 1
      ? ['has two function URLs, of which its alias can have one; remove one']
      : []),
    ...strangers.map(
      ({ node: mapping }) =>
        `takes messages of ${textOf(mapping.resource.properties.EventSourceArn)}, which is no queue of the app`,
    ),
  ];
}
