import {
  componentsOutput,
  fixedComponents,
  isFixedStack,
  readStackComponents,
  SoundBiteError,
  type StackComponent,
  type StackOutputs,
  type Target,
} from '@soundbite/model';

/** A mapping that feeds a component from a queue. */
export interface QueueFeed {
  readonly mappingId: string;
  readonly url: string;
}

/** A function, and the alias that takes its traffic. */
export interface Aliased {
  readonly functionName: string;
  /** As it is called. */
  readonly alias: string;
  /** The version on which it stood when the stack was made. It and those before are no promotion's, and are never collected. */
  readonly first: string;
}

/** A function behind its alias, with what calls it. */
export interface Component extends Aliased {
  /** As people call it. */
  readonly name: string;
  /** Of the function in the template; null: the template says its name. */
  readonly logicalId: string | null;
  /** A path that answers 2xx if a version is well; null: none is declared. */
  readonly health: string | null;
  /** What is below this path at the environment's address is for it; null: none is declared. */
  readonly path: string | null;
  /** Whether it keeps the service contract; null: its stack is of before components said so. */
  readonly contract: boolean | null;
  /** The HTTP API that leads to it; null: none does. */
  readonly apiId: string | null;
  /** The REST API that leads to it; null: none does. */
  readonly rest: RestApi | null;
  /** The URL of its alias, as AWS gave it; null: it has none. */
  readonly url: string | null;
  readonly queues: readonly QueueFeed[];
  /** Rules and topics that call it while a release of it is live. */
  readonly callers: StackComponent['callers'];
}

/** A REST API that leads to a component: its id, the name of its stage, and the deployment that this serves. */
export type RestApi = NonNullable<StackComponent['rest']>;

/** A component that speaks HTTP, and by what: its API, or its own URL where it has none. */
export type HttpComponent = Component & { readonly way: HttpWay };
export type HttpWay = { readonly apiId: string } | { readonly rest: RestApi } | { readonly url: string };

type Place = Pick<Target, 'environment' | 'outputs'>;

/**
 * What is promoted in an environment's stack, in the order in which traffic moves forward: by its output `Components`, else by the outputs of stacks of before. Errors:
 * `answer-unexpected` where `Components` cannot be read, and those of `fixedComponents`.
 */
export function componentsOf(target: Place): readonly Component[] {
  const { outputs, environment } = target;
  const told = outputs[componentsOutput];
  const found =
    told === undefined ? fixedComponents(environment.name, outputs) : readStackComponents(told, environment.name);
  return found.map((one) => ({
    name: one.name,
    functionName: one.function,
    alias: one.alias,
    first: one.first,
    logicalId: one.id,
    health: one.health,
    path: one.path,
    contract: one.contract,
    apiId: one.api,
    rest: one.rest,
    url: one.url,
    queues: one.queues.map(({ mapping, url }) => ({ mappingId: mapping, url })),
    callers: one.callers,
  }));
}

/** Whether a stack says itself what is promoted in it. */
export const saysComponents = (outputs: StackOutputs): boolean => outputs[componentsOutput] !== undefined;

/** Whether what users reach keeps the service contract (`/health`, `/ready` and more): it says so, or its stack is of before. */
export const isOfContract = (target: Place): boolean =>
  !saysComponents(target.outputs) || (httpComponent(target)?.contract ?? isFixedStack(target.outputs));

/** A component by its name. Error: `component-unknown`, with the names that there are. */
export function componentNamed(target: Place, name: string): Component {
  const found = componentsOf(target).find((component) => component.name === name);
  if (found) return found;
  throw unknown(target, `no component ${name}`);
}

/**
 * What users reach at the environment's address, but for the paths of others: the last component without a path that has an API, else the last that has a URL; null: nothing
 * here speaks HTTP.
 */
export const httpComponent = (target: Place): HttpComponent | null => httpAmong(componentsOf(target));

/** As `httpComponent`, among these. */
export function httpAmong(components: readonly Component[]): HttpComponent | null {
  const found = components.flatMap((one) => (one.path === null ? atWay(one) : []));
  return found.findLast(({ way }) => !('url' in way)) ?? found.at(-1) ?? null;
}

/** Components that have a part of the environment's address, below a path. */
export const httpBelowPaths = (target: Place): readonly (HttpComponent & { readonly path: string })[] =>
  componentsOf(target).flatMap((one) => {
    const { path } = one;
    return path === null ? [] : atWay(one).map((reached) => ({ ...reached, path }));
  });

/** A component by what leads to it, if anything does: its API before its URL. */
function atWay(component: Component): readonly HttpComponent[] {
  const { apiId, rest, url } = component;
  if (apiId !== null) return [{ ...component, way: { apiId } }];
  if (rest !== null) return [{ ...component, way: { rest } }];
  return url === null ? [] : [{ ...component, way: { url } }];
}

/** As `httpComponent`, but it has to be there. Error: `component-unknown`. */
export function reachedComponent(target: Place): HttpComponent {
  const component = httpComponent(target);
  if (component) return component;
  throw unknown(target, 'no component that an API or a URL leads to');
}

const unknown = (target: Place, what: string) =>
  new SoundBiteError(
    'component-unknown',
    `${target.environment.name} has ${what}; it has ${componentsOf(target)
      .map(({ name }) => name)
      .join(', ')}`,
    { hint: 'name one of these; they are declared in service.yaml' },
  );
