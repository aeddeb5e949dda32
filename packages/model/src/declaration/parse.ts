import { z } from 'zod';
import { canonicalJson, digestOf } from '../digest.ts';
import { declarationProblems, once, words } from './issues.ts';
import { isProblems, type Override, readOverrides } from './overrides.ts';
import { type RuleViolation, rules } from './rules.ts';
import { type Declaration, type Environment, WrittenEnvironment, withPorts } from './shape.ts';
import { type DeclarationProblem, type DeclarationText, type Path, readSource, type Source } from './source.ts';
import { Whole } from './whole.ts';

export { type DeclarationProblem, type DeclarationText, pathText, problemText } from './source.ts';

export type Parsed =
  | { readonly ok: true; readonly declaration: Declaration }
  | { readonly ok: false; readonly problems: readonly DeclarationProblem[] };

const unknownKey = 'remove it, or see docs/reference/environments.schema.json';

/**
 * Reads a declaration in two passes: shape, then the named rules; every problem at once.
 * Overrides (`cloud` of named environments only) come from environments.local.yaml and from `SOUNDBITE_CLOUD_<NAME>` variables,
 * which the caller passes in.
 */
export function parseDeclaration(
  main: DeclarationText,
  local?: DeclarationText,
  variables: Readonly<Record<string, string>> = {},
): Parsed {
  const source = readSource(main);
  if (isProblems(source))
    return { ok: false, problems: [...source, ...readOverrides(null, local, variables).problems] };

  const shaped = shapeOf(source);
  const { overrides, problems } = readOverrides(shaped.names, local, variables);
  if (!shaped.environments || problems.length > 0) return { ok: false, problems: [...shaped.problems, ...problems] };

  const environments = shaped.environments.map((environment) => ({
    ...environment,
    cloud: overrides.get(environment.name)?.cloud ?? environment.cloud,
  }));
  const broken = rules
    .flatMap((rule) => rule.find(environments))
    .map((finding) => blameFinding(finding, source, environments, overrides));
  if (broken.length > 0) return { ok: false, problems: once(broken) };
  return { ok: true, declaration: { environments, digest: digestOf(canonicalJson(environments)) } };
}

interface Shaped {
  /** Null when something is wrong. */
  readonly environments: readonly Environment[] | null;
  readonly names: ReadonlySet<string> | null;
  readonly problems: readonly DeclarationProblem[];
}

/** The first pass. A common `service` block that is not a map would make every environment wrong: then only that is said. */
function shapeOf(source: Source): Shaped {
  const whole = Whole.safeParse(source.value, { error: words });
  const wrong = whole.success ? [] : declarationProblems(source, whole.error.issues, { unknownKey });
  const file = isRecord(source.value) ? source.value : {};
  if (!isRecord(file.service) || !Array.isArray(file.environments))
    return { environments: null, names: null, problems: wrong };

  const shared = file.service;
  const merged = file.environments.map((raw: unknown) =>
    isRecord(raw) ? { ...raw, service: mergeDeep(shared, raw.service ?? {}) } : raw,
  );
  const names = new Set(merged.flatMap((raw) => (isRecord(raw) && typeof raw.name === 'string' ? [raw.name] : [])));
  const shape = z.array(WrittenEnvironment).safeParse(merged, { error: words });
  const place = (path: Path) => standsAt(['environments', ...path], source);
  const problems = [
    ...wrong,
    ...(shape.success ? [] : declarationProblems(source, shape.error.issues, { place, unknownKey })),
  ];
  return {
    environments: shape.success && problems.length === 0 ? withPorts(shape.data) : null,
    names,
    problems: once(problems),
  };
}

/** A setting that an environment does not say itself comes from the common `service` block: that is the place to fix. */
function standsAt(path: Path, source: Source): Path {
  return path[2] === 'service' && path.length > 3 && !source.has(path) ? path.slice(2) : path;
}

/** A rule's finding at the place that said so: the override for an overridden cloud, else the declaration. */
function blameFinding(
  { path, message }: RuleViolation,
  source: Source,
  environments: readonly Environment[],
  overrides: ReadonlyMap<string, Override>,
): DeclarationProblem {
  const [, index, part, ...rest] = path;
  const override = overrides.get(environments[Number(index)]?.name ?? '');
  if (override && part === 'cloud') return override.problem(rest, message);
  return source.problem(standsAt(path, source), message);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function mergeDeep(base: unknown, over: unknown): unknown {
  if (!isRecord(base) || !isRecord(over)) return over;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  return Object.fromEntries(
    [...keys].map((key) => [key, Object.hasOwn(over, key) ? mergeDeep(base[key], over[key]) : base[key]]),
  );
}
