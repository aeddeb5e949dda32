import { z } from 'zod';
import { canonicalJson, digestOf } from '../digest.ts';
import { parseService } from '../service-declaration/parse.ts';
import type { ServiceDeclaration } from '../service-declaration/shape.ts';
import { declaredStacks } from '../stacks/stacks-of.ts';
import { environmentsFile, overridesFile, serviceFile, type TextOf } from './files.ts';
import { isMap } from './is-map.ts';
import { declarationProblems, once, words } from './issues.ts';
import { isProblems, type Override, readOverrides } from './overrides.ts';
import { type RuleViolation, rules } from './rules.ts';
import { againstService } from './service-rules.ts';
import { mergeSettings, settingsProblems, unreadableSettings } from './settings.ts';
import { asDeclared, type Declaration, type Environment, WrittenEnvironment } from './shape.ts';
import { type DeclarationProblem, type Path, readSource, type Source } from './source.ts';
import { Whole } from './whole.ts';

export { type DeclarationProblem, type DeclarationText, pathText, problemText } from './source.ts';

export type Parsed =
  | { readonly ok: true; readonly declaration: Declaration }
  | { readonly ok: false; readonly problems: readonly DeclarationProblem[] };

export interface DeclarationReading {
  /** `SOUNDBITE_CLOUD_<NAME>` variables. Where they are given, environments.local.yaml counts, too; a release is cut without either. */
  readonly variables?: Readonly<Record<string, string>>;
  /** That of all environments, whatever is declared: of a home that was begun so. A release is cut for it. */
  readonly runtime?: 'compose' | null;
  /** Who wants names alone need not have the settings held against their schema, which takes a tenth of a second. */
  readonly settings?: 'checked' | 'unchecked';
}

const unknownKey = 'remove it, or see docs/reference/environments.schema.json';

/**
 * Reads the declaration of a source: environments.yaml with its overrides (`cloud` of named environments only), and the service's schema of settings, which
 * service.yaml names. Two passes, shape with settings and then the named rules; every problem at once.
 */
export function parseDeclaration(
  textOf: TextOf,
  { variables, runtime = null, settings = 'checked' }: DeclarationReading = {},
): Parsed {
  const text = textOf(environmentsFile);
  if (text === undefined)
    return { ok: false, problems: [{ file: environmentsFile, line: 1, path: '', message: 'is missing' }] };
  const localText = variables && textOf(overridesFile);
  const local = localText === undefined ? undefined : { file: overridesFile, text: localText };
  const source = readSource({ file: environmentsFile, text });
  if (isProblems(source))
    return { ok: false, problems: [...source, ...readOverrides(null, local, variables ?? {}).problems] };

  const shaped = shapeOf(source);
  const { overrides, problems } = readOverrides(shaped.names, local, variables ?? {});
  const wrong = settings === 'checked' ? wrongSettings(source, shaped, overrides, textOf) : [];
  const all = once([...shaped.problems, ...wrong, ...withoutService(source, textOf), ...problems]);
  if (!shaped.environments || all.length > 0) return { ok: false, problems: all };

  const service = serviceIn(textOf);
  const environments = shaped.environments.map((environment) => ({
    ...environment,
    ...(runtime === null ? {} : { runtime }),
    cloud: overrides.get(environment.name)?.cloud ?? environment.cloud,
    ...stacksIn(service, environment.name),
  }));
  const broken = [...rules.flatMap((rule) => rule.find(environments)), ...againstService(environments, service)].map(
    (finding) => blameFinding(finding, source, environments, overrides),
  );
  if (broken.length > 0) return { ok: false, problems: once(broken) };
  return { ok: true, declaration: { environments, digest: digestOf(canonicalJson(environments)) } };
}

/** A declaration of before says what service.yaml says now, so that may not be there yet; without it none of the commands goes on. */
function withoutService({ value }: Source, textOf: TextOf): DeclarationProblem[] {
  if (!saysService(value) || textOf(serviceFile) !== undefined) return [];
  const message =
    'is missing; it says what is delivered, which was the same for every service before: docs/reference/service.md';
  return [{ file: serviceFile, line: 1, path: '', message }];
}

const saysService = (value: unknown): boolean =>
  isMap(value) && [value, ...(Array.isArray(value.environments) ? value.environments : [])].some(hasOldKey);

/** What service.yaml says. What is wrong there is for those to say who read it. */
function serviceIn(textOf: TextOf): ServiceDeclaration | null {
  const text = textOf(serviceFile);
  const parsed = text === undefined ? null : parseService({ file: serviceFile, text });
  return parsed?.ok ? parsed.service : null;
}

function stacksIn(service: ServiceDeclaration | null, environment: string): Pick<Environment, 'stacks'> {
  const stacks = service && declaredStacks(service, environment);
  return stacks === null ? {} : { stacks: stacks.map(({ name }) => name) };
}

interface Shaped {
  /** Null when something is wrong. */
  readonly environments: readonly Environment[] | null;
  /** As written, with all settings; null when they could not be merged. */
  readonly merged: readonly unknown[] | null;
  readonly names: ReadonlySet<string> | null;
  readonly problems: readonly DeclarationProblem[];
}

/** The first pass. Shared settings that are no map would make every environment wrong: then only that is said. */
function shapeOf(source: Source): Shaped {
  const unreadable = unreadableSettings(source);
  const file = withoutOldKey(source.value);
  const whole = Whole.safeParse(file, { error: words });
  const wrong = [
    ...unreadable,
    ...watchesOfBefore(source),
    ...(whole.success ? [] : declarationProblems(source, whole.error.issues, { unknownKey })),
  ];
  if (!isMap(file) || !Array.isArray(file.environments) || !isMapOrNothing(file.settings))
    return { environments: null, merged: null, names: null, problems: wrong };

  const merged = file.environments
    .map(withoutOldKey)
    .map(withoutWatch)
    .map((raw: unknown) =>
      isMap(raw) && isMapOrNothing(raw.settings) && unreadable.length === 0
        ? { ...raw, settings: mergeSettings(file.settings, raw.settings) }
        : raw,
    );
  const names = new Set(merged.flatMap((raw) => (isMap(raw) && typeof raw.name === 'string' ? [raw.name] : [])));
  const shape = z.array(WrittenEnvironment).safeParse(merged, { error: words });
  const place = (path: Path) => ['environments', ...path];
  const problems = [
    ...wrong,
    ...(shape.success ? [] : declarationProblems(source, shape.error.issues, { place, unknownKey })),
  ];
  return {
    environments: shape.success && problems.length === 0 ? asDeclared(shape.data) : null,
    merged: unreadable.length === 0 ? merged : null,
    names,
    problems,
  };
}

/** All settings against the service's schema; what is no map at all was reported before. */
function wrongSettings(
  source: Source,
  { merged }: Shaped,
  overrides: ReadonlyMap<string, Override>,
  textOf: TextOf,
): DeclarationProblem[] {
  if (!merged?.every((raw) => isMap(raw) && isMap(raw.settings))) return [];
  const cases = (merged as Record<string, unknown>[]).map((raw) => {
    const cloud = overrides.get(String(raw.name))?.cloud ?? raw.cloud;
    return { settings: raw.settings, environment: { ...raw, cloud } };
  });
  const { placed, elsewhere } = settingsProblems(source, cases, textOf);
  const named = merged.map((raw) => ({ name: String((raw as { name?: unknown }).name) }));
  return [...elsewhere, ...placed.map((problem) => blameFinding(problem, source, named, overrides))];
}

/** Without what settings were called before: that is reported by itself. */
function withoutOldKey(value: unknown): unknown {
  if (!hasOldKey(value)) return value;
  const { service: _, ...rest } = value;
  return rest;
}

const hasOldKey = (value: unknown): value is Record<string, unknown> => isMap(value) && Object.hasOwn(value, 'service');

/** Without the key by which an environment was watched before: that is reported by itself. */
function withoutWatch(raw: unknown): unknown {
  if (!isMap(raw) || !Object.hasOwn(raw, 'watch')) return raw;
  const { watch: _, ...rest } = raw;
  return rest;
}

/** What to write for a watch of before. */
function watchesOfBefore(source: Source): DeclarationProblem[] {
  const { environments } = isMap(source.value) ? source.value : {};
  return (Array.isArray(environments) ? environments : []).flatMap((raw: unknown, index) => {
    if (!isMap(raw) || !Object.hasOwn(raw, 'watch')) return [];
    const seconds = typeof raw.watch === 'number' ? raw.watch : 5;
    const named = Array.isArray(raw.gates) ? raw.gates.filter((gate) => typeof gate === 'string') : [];
    // As it was: where nobody comes, that was a pass.
    const gates = [...named, `{ watch: { seconds: ${seconds}, minimumRequests: 0 } }`];
    const message = `is a gate now; remove it, and write gates: [${gates.join(', ')}]`;
    return [source.problem(['environments', index, 'watch'], message)];
  });
}

/** A finding at the place that said so: the override for an overridden cloud, else the declaration. */
function blameFinding(
  { path, message }: Pick<RuleViolation, 'message'> & { readonly path: Path },
  source: Source,
  environments: readonly { readonly name: string }[],
  overrides: ReadonlyMap<string, Override>,
): DeclarationProblem {
  const [, index, part, ...rest] = path;
  const override = overrides.get(environments[Number(index)]?.name ?? '');
  if (override && part === 'cloud') return override.problem(rest, message);
  return source.problem(path, message);
}

const isMapOrNothing = (value: unknown): boolean => value === undefined || value === null || isMap(value);
