import { fixedNames } from './fixed-stacks.ts';
import { awsNames } from './names.ts';

/** The kinds of things of which an environment has several, or whose names are shortened: two names could make one of these. */
const mayMeet = {
  stack: ['stack', 'toolkitStack'],
  table: ['table', 'fenceTable'],
  policy: ['permissionsBoundary', 'operatorsBoundary', 'executionPolicy'],
  role: ['controllerRole', 'apiRole', 'workerRole'],
  function: ['apiFunction', 'workerFunction'],
  queue: ['queue', 'deadLetterQueue'],
  'log group': ['apiLogGroup', 'workerLogGroup', 'accessLogGroup'],
  'bootstrap qualifier': ['qualifier'],
} as const satisfies Readonly<Record<string, readonly (keyof ReturnType<typeof namesIn>)[]>>;

/** A service that names what it has after its environment, as the first one does, meets there, too. */
const namesIn = (environment: string) => ({ ...awsNames(environment), ...fixedNames(environment) });

/** What two environments in one account would both call theirs (`table soundbite-dev-fence`); null: nothing. */
export function namedAlike(one: string, other: string): string | null {
  const [ours, theirs] = [namesIn(one), namesIn(other)];
  for (const [kind, keys] of Object.entries(mayMeet)) {
    const taken = new Set<string>(keys.map((key) => theirs[key]));
    const found = keys.map((key) => ours[key]).find((name) => taken.has(name));
    if (found !== undefined) return `${kind} ${found}`;
  }
  return null;
}
