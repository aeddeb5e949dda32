import { createRequire } from 'node:module';
import type * as ajv2020 from 'ajv/dist/2020.js';
import type * as formats from 'ajv-formats';
import { isMap } from './is-map.ts';
import { problemsSaid, type SettingsProblem } from './schema-words.ts';
import { type DeclarationProblem, type DeclarationText, type Path, readSource, type Source } from './source.ts';

/** The one dialect that settings are described in. */
const dialect = 'https://json-schema.org/draft/2020-12/schema';

/** A schema that has this property is told of the environment under it: some settings depend on where the service runs. */
export const environmentKey = '$environment';

/** The JSON Schema of a service's settings, ready to be asked. */
export interface SettingsSchema {
  readonly file: string;
  /** Whether it wants to be told of the environment, too. */
  readonly asksForEnvironment: boolean;
  /** Everything that is wrong with a value, by its path in it. */
  find(value: unknown): readonly SettingsProblem[];
}

let last: { readonly text: DeclarationText; readonly read: SettingsSchema | DeclarationProblem } | undefined;

/** Reads a schema. What makes it unusable is one problem: the first that is found. The one that was read last is not compiled again. */
export function readSettingsSchema(text: DeclarationText): SettingsSchema | DeclarationProblem {
  if (last?.text.file === text.file && last.text.text === text.text) return last.read;
  const read = compileSchema(text);
  last = { text, read };
  return read;
}

function compileSchema(text: DeclarationText): SettingsSchema | DeclarationProblem {
  const source = readJson(text);
  if (!('value' in source)) return source;
  const schema = source.value;
  if (!isMap(schema)) return source.problem([], `must be a JSON Schema: a map, not ${source.shown([])}`);
  const declared = schema.$schema;
  if (declared !== undefined && declared !== dialect)
    return source.problem(['$schema'], `must be ${dialect}, not ${source.shown(['$schema'])}`);
  // Ajv's own: such a schema answers with a promise.
  if (Object.hasOwn(schema, '$async')) return source.problem(['$async'], 'is no keyword of JSON Schema; remove it');
  const ajv = newValidator();
  try {
    const validate = ajv.compile(schema);
    return {
      file: text.file,
      asksForEnvironment: isMap(schema.properties) && Object.hasOwn(schema.properties, environmentKey),
      find: (value) => findings(validate, value, text.file),
    };
  } catch (error) {
    // The schema of schemas says more exactly what is wrong, and takes as long to compile as all else: only now it is asked.
    if (ajv.validateSchema(schema)) return unusable(source, error);
    const [first] = problemsSaid(ajv.errors ?? [], schema, dialect);
    return source.problem(first?.path ?? [], `is no JSON Schema (2020-12): ${first?.message ?? 'it is invalid'}`);
  }
}

function findings(validate: ajv2020.ValidateFunction, value: unknown, file: string): readonly SettingsProblem[] {
  try {
    return validate(value) ? [] : problemsSaid(validate.errors ?? [], value, file);
  } catch (error) {
    // A reference that leads to itself has no end.
    return [{ path: [], isMissing: false, message: `cannot be checked with ${file}: ${(error as Error).message}` }];
  }
}

/** JSON, not YAML: editors and other tools read the file, too. */
function readJson(text: DeclarationText): Source | DeclarationProblem {
  const source = readSource(text);
  try {
    JSON.parse(text.text);
  } catch (error) {
    const line = 'value' in source ? 1 : (source[0]?.line ?? 1);
    const said = (error as Error).message.replaceAll(/\s+/g, ' ');
    return { file: text.file, line, path: '', message: `is not JSON: ${said}` };
  }
  return 'value' in source ? source : (source[0] as DeclarationProblem);
}

/** What the validator does not know (an unknown keyword or format, a reference that leads nowhere), at the word that it names. */
function unusable(source: Source, error: unknown): DeclarationProblem {
  const message = (error instanceof Error ? error.message : String(error)).replace(/^strict mode: /, '');
  const words = [...message.matchAll(/"([^"]+)"|reference (\S+) from/g)].map(
    ([, word, reference]) => word ?? reference ?? '',
  );
  const path = words.map((word) => pathOf(source.value, word)).find((found) => found !== null) ?? [];
  return source.problem(path, `cannot be used: ${message}`);
}

/** Where a word stands as a key or as a text, the first place. */
function pathOf(value: unknown, word: string, at: Path = []): Path | null {
  if (value === word) return at;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, one] of Object.entries(value)) {
    const here = [...at, Array.isArray(value) ? Number(key) : key];
    const found = key === word ? here : pathOf(one, word, here);
    if (found) return found;
  }
  return null;
}

/** Ajv takes a tenth of a second to load and to compile: only who has settings to check waits for it. */
function newValidator(): ajv2020.Ajv2020 {
  const load = createRequire(import.meta.url);
  const { Ajv2020 } = load('ajv/dist/2020.js') as typeof ajv2020;
  const { default: addFormats } = load('ajv-formats') as typeof formats;
  const ajv = new Ajv2020({
    ...{ allErrors: true, strict: true, verbose: true, allowUnionTypes: true, validateSchema: false },
    logger: false,
    // `required` in a branch may name what another branch or the root describes.
    strictRequired: false,
  });
  addFormats.default(ajv);
  return ajv;
}
