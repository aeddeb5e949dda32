import { z } from 'zod';
import { declarationProblems, words } from './issues.ts';
import { CloudDeclaration } from './shape.ts';
import { type DeclarationProblem, type DeclarationText, type Path, readSource, type Source } from './source.ts';

const unknownKey = 'an override changes `cloud` only';

const Overrides = z.strictObject({
  environments: z.record(z.string(), z.strictObject({ cloud: CloudDeclaration })).nullish(),
});

/** Another cloud for an environment, and where that was said: a rule that it breaks points there. */
export interface Override {
  readonly environment: string;
  readonly cloud: CloudDeclaration;
  /** A problem of a part of this cloud. */
  problem(part: Path, message: string): DeclarationProblem;
}

export interface ReadOverrides {
  readonly overrides: ReadonlyMap<string, Override>;
  readonly problems: readonly DeclarationProblem[];
}

/**
 * Overrides from environments.local.yaml (`local`) and from `SOUNDBITE_CLOUD_<NAME>` variables, whose values are clouds as JSON.
 * `known`: the declared names; null when the declaration could not be read. An environment that is overridden twice is a problem.
 */
export function readOverrides(
  known: ReadonlySet<string> | null,
  local: DeclarationText | undefined,
  variables: Readonly<Record<string, string>>,
): ReadOverrides {
  const found = [
    ...(local ? [readLocal(local)] : []),
    ...Object.entries(variables).map(([name, text]) => readVariable(name, text)),
  ];
  const problems = found.flatMap((read) => read.problems);
  const overrides = new Map<string, Override>();
  for (const override of found.flatMap((read) => read.overrides)) {
    const name = override.environment;
    const before = overrides.get(name);
    if (known && !known.has(name)) {
      problems.push(override.problem([], `no environment named "${name}" is declared`));
    } else if (before) {
      problems.push(
        override.problem([], `${name} is overridden twice, first by ${before.problem([], '').file}; remove one`),
      );
    } else overrides.set(name, override);
  }
  return { overrides, problems };
}

interface Found {
  readonly overrides: readonly Override[];
  readonly problems: readonly DeclarationProblem[];
}

function readLocal(local: DeclarationText): Found {
  const source = readSource(local);
  if (isProblems(source)) return { overrides: [], problems: source };
  const parsed = Overrides.safeParse(source.value ?? {}, { error: words });
  if (!parsed.success)
    return { overrides: [], problems: declarationProblems(source, parsed.error.issues, { unknownKey }) };
  const overrides = Object.entries(parsed.data.environments ?? {}).map(([environment, { cloud }]) => ({
    environment,
    cloud,
    // A problem of the whole override (no such environment) points at the environment's name.
    problem: (part: Path, message: string) =>
      source.problem(['environments', environment, ...(part.length > 0 ? ['cloud', ...part] : [])], message),
  }));
  return { overrides, problems: [] };
}

/** `SOUNDBITE_CLOUD_DEV_AWS` → `dev-aws` */
const environmentOf = (variable: string) =>
  variable
    .replace(/^SOUNDBITE_CLOUD_/, '')
    .toLowerCase()
    .replaceAll('_', '-');

function readVariable(variable: string, text: string): Found {
  const source = readSource({ file: variable, text });
  if (isProblems(source)) return { overrides: [], problems: source };
  const parsed = CloudDeclaration.safeParse(source.value, { error: words });
  if (!parsed.success)
    return { overrides: [], problems: declarationProblems(source, parsed.error.issues, { unknownKey }) };
  const override = {
    environment: environmentOf(variable),
    cloud: parsed.data,
    problem: (part: Path, message: string) => source.problem(part, message),
  };
  return { overrides: [override], problems: [] };
}

export const isProblems = (read: Source | readonly DeclarationProblem[]): read is readonly DeclarationProblem[] =>
  Array.isArray(read);
