import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { type DeclarationProblem, pathText } from '../declaration/source.ts';
import { serviceJsonSchema } from './json-schema.ts';
import { parseService } from './parse.ts';

/** Every key that service.yaml knows, one a line. */
const whole = `version: 1
name: orders
inputs: [package.json, src]
app: [node, infra/app.mjs]
stacks: [Orders]
components:
  - name: worker
    function: Orders/Worker
  - name: api
    function: Orders/Api
    health: /health
    contract: true
  - name: admin
    function: Orders/Admin
    path: /admin
authorizer: required
process:
  directory: src
  environment:
    TABLE: TableName
  contract: true
  components:
    - name: api
      takes: [requests]
      health: /health
      role: ApiRole
      memory: 128
      reserved: 100
      seconds: 30
settings: src/settings.json
smoke:
  directory: src/smoke
  command: [node, smoke.mjs]
  seconds: 60
tests:
  directory: src/tests
  command: [node, tests.mjs]
  seconds: 60
compatibility:
  directory: src/compatibility
  command: [node, compatibility.mjs]
  seconds: 60
migration:
  directory: src/migration
  command: [node, migration.mjs]
  seconds: 60
`;

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}
interface Key {
  readonly path: readonly (string | number)[];
  readonly isNeeded: boolean;
}

/** Every key of the schema, at the place where the whole file has it. */
function keysOf({ properties = {}, required = [] }: Schema, around: Key['path'] = []): Key[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const path = [...around, key];
    const item = schema.items?.properties ? schema.items : null;
    const places = Object.keys(item?.properties ?? {}).map((inner) => {
      const list = document.getIn(path) as { readonly items: readonly unknown[] };
      return list.items.findIndex((_one, index) => document.hasIn([...path, index, inner]));
    });
    const inner = item ? [...new Set(places)].flatMap((at) => keysOf(item, [...path, at])) : keysOf(schema, path);
    return [{ path, isNeeded: required.includes(key) }, ...inner];
  });
}

const document = parseDocument(whole);
const keys = keysOf(serviceJsonSchema() as Schema).filter(({ path }) => document.hasIn(path));
const named = keys.map((key) => [pathText(key.path), key] as const);
const read = (text: string): readonly DeclarationProblem[] => {
  const parsed = parseService({ file: 'service.yaml', text });
  return parsed.ok ? [] : parsed.problems;
};
/** The file with a change, and what is told of it. */
function changed(change: (copy: typeof document) => void) {
  const copy = parseDocument(whole);
  change(copy);
  const text = String(copy);
  return { lines: text.split('\n'), problems: read(text) };
}

describe('each key of service.yaml', () => {
  it('stands in the whole file, which is read', () => {
    expect(read(whole)).toEqual([]);
    const known = (schema: Schema, around = ''): string[] =>
      Object.entries(schema.properties ?? {}).flatMap(([key, one]) => [
        `${around}${key}`,
        ...known(one.items?.properties ? one.items : one, `${around}${key}.`),
      ]);
    const stands = new Set(keys.map(({ path }) => path.filter((part) => typeof part === 'string').join('.')));
    expect(known(serviceJsonSchema() as Schema).filter((key) => !stands.has(key))).toEqual([]);
  });

  it.each(named.filter(([, { isNeeded }]) => isNeeded))(
    'is told with what it must be where it is missing: %s',
    (text, { path }) => {
      const { problems } = changed((copy) => copy.deleteIn(path));
      expect(problems).toContainEqual({
        file: 'service.yaml',
        line: expect.any(Number),
        path: text,
        message: expect.stringMatching(/^is missing; it must be /),
      });
    },
  );

  it.each(named)('is told at its line where it is wrong: %s', (text, { path }) => {
    const isMapped =
      Object.hasOwn(Object(document.getIn(path)), 'items') &&
      !/inputs|app|stacks|components|takes|command/.test(String(path.at(-1)));
    const { lines, problems } = changed((copy) => copy.setIn(path, isMapped ? 7 : { strange: 1 }));
    const found = problems.filter((one) => one.path.startsWith(text));
    expect(found).not.toEqual([]);
    for (const { line, message } of found) {
      expect(lines[line - 1]).toContain(`${String(path.at(-1))}:`);
      expect(message).toMatch(/^(must be|is|names|has) /);
    }
  });

  it.each(named)('is told at its line where it is given twice: %s', (_text, { path }) => {
    const key = String(path.at(-1));
    const at = document.getIn(path, true) as { readonly range: readonly number[] };
    const before = whole.slice(0, at.range[0]).split('\n');
    const own = before.findLastIndex((line) => new RegExp(`^[ -]*${key}:`).test(line));
    const lines = whole.split('\n');
    const indent = ' '.repeat((lines[own] ?? '').indexOf(key));
    // After the first key of an item of a list, else before: what is below it stays its own.
    const isFirst = (lines[own] ?? '').trimStart().startsWith('- ');
    lines.splice(isFirst ? own + 1 : own, 0, `${indent}${key}: 1`);
    expect(read(lines.join('\n'))).toContainEqual(
      expect.objectContaining({ line: own + 2, message: `${key} is given twice; remove one` }),
    );
  });
});
