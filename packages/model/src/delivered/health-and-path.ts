import { isSame } from '../template.ts';
import type { ComponentProblem, DeclaredComponent, FoundComponent } from './found-component.ts';

type Declared = readonly DeclaredComponent[];

/**
 * What is wrong with what components declare of HTTP: `health` where nothing asks it, `contract` where nobody looks by it, and a `path` that leads nowhere or that the API's
 * routes say already. Pure.
 */
export function httpProblems(declared: Declared, components: readonly FoundComponent[]): ComponentProblem[] {
  const rest = holderOfRest(components);
  const last = components.findLast((one) => speaksHttp(one) && one.path !== null);
  return components.flatMap((one) => {
    const index = declared.findIndex(({ name }) => name === one.name);
    const path = pathProblem(one, rest, last);
    const contract = contractProblem(one, rest);
    return [
      ...(contract === null ? [] : [{ index, key: 'contract', message: contract } as const]),
      ...(one.health !== null && !speaksHttp(one) && !one.contract
        ? [{ index, key: 'health', message: `${silent}, so nothing can ask ${one.health}; remove it` } as const]
        : []),
      ...(path === null ? [] : [{ index, key: 'path', message: path } as const]),
    ];
  });
}

const silent = 'neither an API nor a URL leads to the function';

/** It is kept where users ask, and looked at there alone. */
function contractProblem(one: FoundComponent, rest: FoundComponent | undefined): string | null {
  if (!one.contract || one === rest) return null;
  if (!speaksHttp(one)) return `${silent}, so nothing can be asked by the service contract; remove it`;
  return `is looked at only at the component that has the address of the environment${rest ? `, which is ${rest.name}` : ''}; remove it`;
}

/** `rest`: what has the rest of the address. `last`: of those with a path, where it is told that nothing has it. */
function pathProblem(
  one: FoundComponent,
  rest: FoundComponent | undefined,
  last: FoundComponent | undefined,
): string | null {
  if (one.path === null) return null;
  if (!speaksHttp(one)) return `${silent}, so nothing is below ${one.path}; remove it`;
  if (rest && isBehindApiOf(one, rest))
    return `the API of ${rest.name} leads to the function, and its routes say which requests; remove it`;
  return !rest && one === last ? 'no component has the rest of the address; remove it from the one that has' : null;
}

const speaksHttp = ({ api, rest, url }: FoundComponent): boolean => api !== null || rest !== null || url !== null;

/** What has the address of the environment, but for the paths of others: the last that an API leads to, else the last with a URL. */
function holderOfRest(components: readonly FoundComponent[]): FoundComponent | undefined {
  const open = components.filter(({ path }) => path === null);
  return open.findLast(({ api, rest }) => api !== null || rest !== null) ?? open.findLast(({ url }) => url !== null);
}

const isBehindApiOf = (one: FoundComponent, other: FoundComponent): boolean =>
  (one.api !== null && isSame(one.api, other.api)) || (one.rest !== null && isSame(one.rest, other.rest));
