import type { ErrorObject } from 'ajv';
import type { Path } from './source.ts';

/** One thing wrong with settings: a path inside them, whether the key is absent there, and the sentence that follows the path. */
export interface SettingsProblem {
  readonly path: Path;
  readonly isMissing: boolean;
  readonly message: string;
}

/** The longest description that is repeated in a problem. */
const longestReason = 240;

/** Ajv's errors about `data` in the words of all other problems. `file`: where the schema stands, for who wants to look. */
export function problemsSaid(errors: readonly ErrorObject[], data: unknown, file: string): SettingsProblem[] {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  const within = (error: ErrorObject) =>
    choices.find((choice) => choice !== error && error.schemaPath.startsWith(`${choice.schemaPath}/`));
  return errors
    .filter((error) => !silent.has(error.keyword) && error.propertyName === undefined && !within(error))
    .map((error) => {
      const branches = errors.filter((other) => within(other) === error);
      return said(error, branches, pathIn(data, error), file);
    });
}

/** What fails inside of them is said by itself. */
const silent = new Set(['if', '$ref']);

function said(error: ErrorObject, branches: readonly ErrorObject[], at: Path, file: string): SettingsProblem {
  const { missingProperty, additionalProperty, unevaluatedProperty, propertyName } = error.params;
  if (missingProperty !== undefined) {
    const schema = (error.parentSchema?.properties as Record<string, Described> | undefined)?.[missingProperty];
    const kind = schema?.type === undefined ? '' : `; it must be ${kindsOf(schema.type)}`;
    return { path: [...at, missingProperty], isMissing: true, message: `is missing${kind}${reasonOf(schema)}` };
  }
  const unknown = additionalProperty ?? unevaluatedProperty ?? propertyName;
  if (unknown !== undefined)
    return { path: [...at, unknown], isMissing: false, message: `is not a known key; remove it, or see ${file}` };
  return {
    path: at,
    isMissing: false,
    message: `${wanted(error, branches)}${notThis(error)}${reasonOf(error.parentSchema)}`,
  };
}

interface Described {
  readonly type?: unknown;
  readonly description?: unknown;
}

/** What a schema says of the value helps who has to change it. */
function reasonOf(schema: object | undefined): string {
  const { description }: Described = schema ?? {};
  return typeof description === 'string' && description.length <= longestReason ? ` (${description})` : '';
}

function notThis({ data, keyword }: ErrorObject): string {
  if (keyword === 'uniqueItems') return '';
  const text = JSON.stringify(data) ?? '';
  return text === '' || text.length >= 80 ? '' : `, not ${text}`;
}

function wanted(error: ErrorObject, branches: readonly ErrorObject[]): string {
  const { keyword, params } = error;
  switch (keyword) {
    case 'type':
      return `must be ${kindsOf(params.type)}`;
    case 'enum':
      return `must be ${params.allowedValues.map(shown).join(' or ')}`;
    case 'const':
      return `must be ${shown(params.allowedValue)}`;
    case 'anyOf':
    case 'oneOf':
      return choice(error, branches);
    case 'pattern':
      return `must match ${params.pattern}`;
    case 'format':
      return `must have the format ${params.format}`;
    case 'multipleOf':
      return `must be a multiple of ${params.multipleOf}`;
    case 'uniqueItems':
      return `must not have the same entry twice (entries ${Math.min(params.i, params.j)} and ${Math.max(params.i, params.j)})`;
    case 'false schema':
      return 'must not be set here';
    case 'not':
      return 'must be another value';
    default:
      return limit(keyword, params.limit) ?? error.message ?? 'is not allowed';
  }
}

const units: Readonly<Record<string, readonly [one: string, many: string]>> = {
  Length: [' character', ' characters'],
  Items: [' entry', ' entries'],
  Properties: [' key', ' keys'],
};

function limit(keyword: string, bound: number | undefined): string | null {
  const most = /^(max|exclusiveMax)/.test(keyword);
  if (bound === undefined) return null;
  if (keyword.startsWith('exclusive')) return `must be ${most ? 'less' : 'more'} than ${bound}`;
  const [one, many] = units[keyword.replace(/^(min|max)/, '')] ?? ['', ''];
  return `must be ${bound}${bound === 1 ? one : many} or ${most ? 'less' : 'more'}`;
}

/** Several forms, of which a value has none (or, of `oneOf`, several). */
function choice({ params, instancePath }: ErrorObject, branches: readonly ErrorObject[]): string {
  if (params.passingSchemas) return 'must be of one form only, and fits several of its schema';
  const here = branches.filter((branch) => branch.instancePath === instancePath && branch.keyword !== 'required');
  const forms = new Set(here.map((branch) => wanted(branch, []).replace(/^must be /, '')));
  return forms.size > 0 && here.length === branches.length
    ? `must be ${[...forms].join(' or ')}`
    : 'must be of a form that its schema allows';
}

const kinds: Readonly<Record<string, string>> = {
  object: 'a map',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'empty',
};

const kindsOf = (types: unknown): string =>
  [types]
    .flat()
    .map((type) => kinds[String(type)] ?? String(type))
    .join(' or ');

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The JSON pointer of an error as a path: a part is a number where it leads into a list. */
function pathIn(data: unknown, { instancePath }: ErrorObject): Path {
  let value = data;
  return instancePath
    .split('/')
    .slice(1)
    .map((part) => {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const isIndex = Array.isArray(value);
      value = (value as Record<string, unknown>)[key];
      return isIndex ? Number(key) : key;
    });
}
