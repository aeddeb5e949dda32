import { watchedSeconds } from '../gates/declared.ts';
import { parseService, serviceProblem } from '../service-declaration/parse.ts';
import { serviceFile, type TextOf } from './files.ts';
import { isMap } from './is-map.ts';
import type { SettingsProblem } from './schema-words.ts';
import { environmentKey, readSettingsSchema, type SettingsSchema } from './settings-schema.ts';
import { Environment } from './shape.ts';
import { type DeclarationProblem, type Path, pathText, type Source } from './source.ts';

/** Deeper than settings are; an anchor inside itself has no end. */
const deepest = 20;

/** The shared settings and an environment's own, as one: a value that both say is the environment's. */
export const mergeSettings = (shared: unknown, own: unknown): unknown => mergeDeep(shared ?? {}, own ?? {});

const renamed =
  'is not a known key any more; write settings instead of service, and name their schema in service.yaml (settings: <file>)';

/** What prevents merging at all: a key of the format before, settings that are no JSON. They are reported alone. */
export function unreadableSettings(source: Source): DeclarationProblem[] {
  const places = placesOf(source);
  const old = [[], ...places.map(({ path }) => path.slice(0, -1))]
    .map((path) => [...path, 'service'])
    .filter((path) => source.has(path))
    .map((path) => source.problem(path, renamed));
  const strange = places.flatMap(({ path, value }) =>
    strangeIn(value).map(({ at, message }) => source.problem([...path, ...at], message)),
  );
  return [...new Map([...old, ...strange].map((problem) => [problem.path, problem])).values()];
}

/** An environment whose settings are merged: where it stands in the list, and what is known of it. */
export interface SettingsCase {
  readonly settings: unknown;
  /** As declared, or as an override has it; whatever is wrong with it is reported elsewhere. */
  readonly environment: Readonly<Record<string, unknown>>;
}

/** A problem of settings, or of what they depend on, at a path of the whole declaration. */
export interface PlacedProblem {
  readonly path: Path;
  readonly message: string;
}

/**
 * Holds every environment's settings against the service's schema, which stands in the same source. The answer: problems of the declaration, and those
 * of service.yaml and of the schema.
 */
export function settingsProblems(
  source: Source,
  cases: readonly SettingsCase[],
  textOf: TextOf,
): { readonly placed: readonly PlacedProblem[]; readonly elsewhere: readonly DeclarationProblem[] } {
  const schema = schemaIn(textOf);
  if (Array.isArray(schema)) return { placed: [], elsewhere: schema };
  if (typeof schema === 'string') {
    // Whoever names a schema wants to keep them all; so the first is enough.
    const [first] = placesOf(source).filter(({ path }) => source.has(path));
    return { placed: first ? [{ path: first.path, message: schema }] : [], elsewhere: [] };
  }
  const found = cases.map((one) => (schema as SettingsSchema).find(instanceOf(one, schema as SettingsSchema)));
  const isEverywhere = (problem: SettingsProblem) =>
    found.every((list) => list.some(({ isMissing, path }) => isMissing && pathText(path) === pathText(problem.path)));
  const placed = found.flatMap((problems, index) =>
    problems.map((problem) => ({
      path: placeOf(problem, index, source, problem.isMissing && isEverywhere(problem)),
      message: problem.message,
    })),
  );
  return { placed, elsewhere: [] };
}

/** The schema that service.yaml names; problems of one of the two; or why there is none. */
function schemaIn(textOf: TextOf): SettingsSchema | DeclarationProblem[] | string {
  const text = textOf(serviceFile);
  if (text === undefined)
    return `needs a schema, but there is no ${serviceFile} that names one; write it, or remove settings`;
  const parsed = parseService({ file: serviceFile, text });
  if (!parsed.ok) return [...parsed.problems];
  const file = parsed.service.settings;
  if (file === undefined)
    return `needs a schema, but ${serviceFile} names no settings schema; write settings: <file> there, or remove settings`;
  const schema = textOf(file);
  if (schema !== undefined) {
    const read = readSettingsSchema({ file, text: schema });
    return 'find' in read ? read : [read];
  }
  return [serviceProblem({ file: serviceFile, text }, ['settings'], `${file} is not there; write it, or name another`)];
}

/** What the schema judges: the settings and, if it asks, the environment under a key of its own. */
function instanceOf({ settings, environment }: SettingsCase, { asksForEnvironment }: SettingsSchema): unknown {
  if (!asksForEnvironment || !isMap(settings)) return settings;
  const known = <K extends 'runtime' | 'protected'>(key: K) => Environment.shape[key].safeParse(environment[key]).data;
  const cloud = isMap(environment.cloud) ? environment.cloud.kind : undefined;
  const told = {
    cloud,
    runtime: known('runtime') ?? 'aws',
    protected: known('protected'),
    watch: watchedSeconds(environment),
  };
  const given = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
  return { ...settings, [environmentKey]: given };
}

/** Where a problem is put right: a value that an environment does not say itself stands in the shared settings. */
function placeOf({ path, isMissing }: SettingsProblem, index: number, source: Source, isEverywhere: boolean): Path {
  const [first, ...rest] = path;
  if (first === environmentKey) return ['environments', index, ...placeOfTold(rest, index, source)];
  const own = ['environments', index, 'settings', ...path];
  const shared = ['settings', ...path];
  if (isMissing) return isEverywhere ? shared : own;
  return !holds(source.value, own) && holds(source.value, shared) ? shared : own;
}

/** Where an environment says what its schema is told of it. */
function placeOfTold([key, ...rest]: Path, index: number, { value }: Source): Path {
  if (key === 'cloud') return ['cloud', 'kind'];
  if (key !== 'watch') return [...(key === undefined ? [] : [key]), ...rest];
  const { environments } = value as { readonly environments: readonly { readonly gates: readonly unknown[] }[] };
  const position = environments[index]?.gates.findIndex((gate) => isMap(gate) && Object.hasOwn(gate, 'watch')) ?? -1;
  return position < 0 ? ['gates'] : ['gates', position, 'watch', 'seconds'];
}

/** Whether a value has something at a path, also through an alias or by a key that is written as a number. */
function holds(value: unknown, path: Path): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return true;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false;
  return holds((value as Record<PropertyKey, unknown>)[key], rest);
}

/** All places that may say settings, said or not. */
function placesOf({ value }: Source): readonly { readonly path: Path; readonly value: unknown }[] {
  const file = isMap(value) ? value : {};
  const environments = Array.isArray(file.environments) ? file.environments : [];
  return [
    { path: ['settings'], value: file.settings },
    ...environments.map((one: unknown, index) => ({
      path: ['environments', index, 'settings'],
      value: isMap(one) ? one.settings : undefined,
    })),
  ];
}

/** What YAML can say, and JSON or a record cannot. */
function strangeIn(value: unknown, at: Path = []): { readonly at: Path; readonly message: string }[] {
  if (typeof value === 'number' && !Number.isFinite(value))
    return [{ at, message: `must be a finite number, not ${value}` }];
  if (typeof value !== 'object' || value === null) return [];
  if (at.length >= deepest) return [{ at, message: `is nested deeper than ${deepest} levels` }];
  return Object.entries(value).flatMap(([key, one]) => {
    const here = [...at, Array.isArray(value) ? Number(key) : key];
    if (key === '__proto__' || (at.length === 0 && key === environmentKey))
      return [{ at: here, message: 'cannot be set; remove it' }];
    return strangeIn(one, here);
  });
}

function mergeDeep(base: unknown, over: unknown): unknown {
  if (!isMap(base) || !isMap(over)) return over;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  return Object.fromEntries(
    [...keys].map((key) => [key, Object.hasOwn(over, key) ? mergeDeep(base[key], over[key]) : base[key]]),
  );
}
