import { isSame } from '../template.ts';
import type { ComponentProblem, DeclaredComponent, FoundComponent } from './found-component.ts';

type Declared = readonly DeclaredComponent[];

/** What is wrong with what components declare of HTTP: `health` where nothing asks it, and a `path` that leads nowhere or that the API's routes say already. Pure. */
export function httpProblems(declared: Declared, components: readonly FoundComponent[]): ComponentProblem[] {
  const problem = ({ name }: FoundComponent, key: 'health' | 'path', message: string): ComponentProblem => ({
    ...{ index: declared.findIndex((one) => one.name === name), key, message },
  });
  const silent = components.filter((one) => !speaksHttp(one));
  const rest = holderOfRest(components);
  const lastWithPath = components.findLast((one) => speaksHttp(one) && one.path !== null);
  return [
    ...silent
      .filter(({ health }) => health !== null)
      .map((one) =>
        problem(
          one,
          'health',
          `neither an API nor a URL leads to the function, so nothing can ask ${one.health}; remove it`,
        ),
      ),
    ...silent
      .filter(({ path }) => path !== null)
      .map((one) =>
        problem(
          one,
          'path',
          `neither an API nor a URL leads to the function, so nothing is below ${one.path}; remove it`,
        ),
      ),
    ...components
      .filter((one) => one.path !== null && rest !== undefined && isBehindApiOf(one, rest))
      .map((one) =>
        problem(
          one,
          'path',
          `the API of ${rest?.name} leads to the function, and its routes say which requests; remove it`,
        ),
      ),
    ...(rest === undefined && lastWithPath
      ? [problem(lastWithPath, 'path', 'no component has the rest of the address; remove it from the one that has')]
      : []),
  ];
}

const speaksHttp = ({ api, rest, url }: FoundComponent): boolean => api !== null || rest !== null || url !== null;

/** What has the address of the environment, but for the paths of others: the last that an API leads to, else the last with a URL. */
function holderOfRest(components: readonly FoundComponent[]): FoundComponent | undefined {
  const open = components.filter(({ path }) => path === null);
  return open.findLast(({ api, rest }) => api !== null || rest !== null) ?? open.findLast(({ url }) => url !== null);
}

const isBehindApiOf = (one: FoundComponent, other: FoundComponent): boolean =>
  (one.api !== null && isSame(one.api, other.api)) || (one.rest !== null && isSame(one.rest, other.rest));
