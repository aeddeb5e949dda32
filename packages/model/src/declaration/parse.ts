import { type Document, isMap, isNode, isPair, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import { z } from 'zod';
import { canonicalJson, digestOf } from '../digest.ts';
import { rules } from './rules.ts';
import { CloudDeclaration, type Declaration, Environment, ServiceSettings } from './shape.ts';

/** One problem of a declaration file: 1-based line, path (`environments[3].watch`) and a message that names the value and the mend. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly path: string;
  readonly message: string;
}

export type Parsed =
  | { readonly ok: true; readonly declaration: Declaration }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Text of a declaration file. `overrides` is the text of environments.local.yaml: `cloud` of named environments only. */
export interface DeclarationText {
  readonly file: string;
  readonly text: string;
}

type Path = readonly PropertyKey[];

const Overrides = z.strictObject({
  environments: z.record(z.string(), z.strictObject({ cloud: CloudDeclaration })),
});

/** Zod validates the merged environment; `service` of the file holds what all environments share. */
const Whole = z.strictObject({
  version: z.literal(1),
  service: z.record(z.string(), z.unknown()),
  environments: z.array(z.unknown()).min(1, 'is empty; declare at least one environment'),
});

/** `environments[3].watch` */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part)),
    '',
  );
}

/** `environments.yaml:41 environments[3].watch: -5 is no time; give 0 s or more` */
export function problemText(problem: Problem): string {
  return `${problem.file}:${problem.line} ${problem.path ? `${problem.path}: ` : ''}${problem.message}`;
}

/**
 * Reads a declaration in two passes: shape, then the named rules; every problem at once.
 * Overrides come from environments.local.yaml and from `SOUNDBITE_CLOUD_<NAME>` variables (JSON of a cloud), which the caller passes in.
 */
export function parseDeclaration(
  main: DeclarationText,
  local?: DeclarationText,
  variables: Readonly<Record<string, string>> = {},
): Parsed {
  const file = readFile(main);
  if (!file.ok) return file;
  const whole = Whole.safeParse(file.value);
  if (!whole.success) return { ok: false, problems: file.problems(whole.error.issues) };

  const shared = whole.data.service;
  const merged = whole.data.environments.map((raw) =>
    isRecord(raw) ? { ...raw, service: mergeDeep(shared, raw.service ?? {}) } : raw,
  );
  const shape = z.array(Environment).safeParse(merged, { reportInput: true });
  if (!shape.success) {
    return {
      ok: false,
      problems: file.problems(
        shape.error.issues.map((issue) => ({ ...issue, path: blame(['environments', ...issue.path], file.doc) })),
      ),
    };
  }

  const overridden = applyOverrides(shape.data, local, variables);
  if (!overridden.ok) return overridden;
  const environments = overridden.environments;
  const findings = rules.flatMap((rule) => rule.find(environments));
  if (findings.length > 0) {
    const problems = findings.map(({ path, message }) => ({
      file: main.file,
      line: file.lineOf(path),
      path: pathText(path),
      message,
    }));
    return { ok: false, problems };
  }
  return { ok: true, declaration: { environments, digest: digestOf(canonicalJson(environments)) } };
}

interface ReadFile {
  readonly ok: true;
  readonly value: unknown;
  readonly doc: Document.Parsed<ParsedNode>;
  readonly lineOf: (path: Path) => number;
  readonly problems: (issues: readonly z.core.$ZodIssue[]) => Problem[];
}

function readFile({ file, text }: DeclarationText): ReadFile | { ok: false; problems: Problem[] } {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true });
  const syntax = [...doc.errors, ...doc.warnings].map((error) => ({
    file,
    line: error.linePos?.[0].line ?? 1,
    path: '',
    message: error.message.split('\n')[0] ?? error.code,
  }));
  if (syntax.length > 0) return { ok: false, problems: syntax };
  let value: unknown;
  try {
    value = doc.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, problems: [{ file, line: 1, path: '', message: `${reason}; write the values out` }] };
  }
  const lineOf = (path: Path) => lineAt(doc, lines, path);
  const problems = (issues: readonly z.core.$ZodIssue[]) =>
    issues.flatMap((issue) => describe(file, issue, lineOf, doc));
  return { ok: true, value, doc, lineOf, problems };
}

/** The line of the deepest part of `path` that the file has: a missing key is blamed on the map that lacks it. */
function lineAt(doc: Document.Parsed<ParsedNode>, lines: LineCounter, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? doc.contents : doc.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && isNode(item.key) && String(item.key) === String(key));
      if (pair && isNode(pair.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line;
    }
    const node = doc.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** A wrong value that an environment inherits stands in the common `service` block: point there. */
function blame(path: Path, doc: Document.Parsed<ParsedNode>): PropertyKey[] {
  if (path[2] === 'service' && !doc.hasIn(path) && doc.hasIn(path.slice(2))) return [...path.slice(2)];
  return [...path];
}

function describe(
  file: string,
  issue: z.core.$ZodIssue,
  lineOf: (path: Path) => number,
  doc: Document.Parsed<ParsedNode>,
): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return {
        file,
        line: lineOf(path),
        path: pathText(path),
        message: 'is no known key; remove it, or see docs/reference/environments.schema.json',
      };
    });
  }
  const present = doc.hasIn(issue.path);
  const value = present ? JSON.stringify(doc.getIn(issue.path) ?? null) : undefined;
  const message = !present
    ? `is missing (${issue.message})`
    : `${value && value.length < 80 ? `${value} ` : ''}${issue.message}`;
  return [{ file, line: lineOf(issue.path), path: pathText(issue.path), message }];
}

function applyOverrides(
  environments: readonly Environment[],
  local: DeclarationText | undefined,
  variables: Readonly<Record<string, string>>,
): { ok: true; environments: Environment[] } | { ok: false; problems: Problem[] } {
  const problems: Problem[] = [];
  const clouds = new Map<string, CloudDeclaration>();
  const known = new Set(environments.map(({ name }) => name));
  if (local) {
    const file = readFile(local);
    if (!file.ok) return file;
    const parsed = Overrides.safeParse(file.value ?? { environments: {} });
    if (!parsed.success) return { ok: false, problems: file.problems(parsed.error.issues) };
    for (const [name, { cloud }] of Object.entries(parsed.data.environments)) {
      if (known.has(name)) clouds.set(name, cloud);
      else
        problems.push({
          file: local.file,
          line: file.lineOf(['environments', name]),
          path: `environments.${name}`,
          message: 'is no declared environment',
        });
    }
  }
  for (const [variable, text] of Object.entries(variables)) {
    const name = variable
      .replace(/^SOUNDBITE_CLOUD_/, '')
      .toLowerCase()
      .replaceAll('_', '-');
    const parsed = z
      .preprocess((value, context) => parseJson(String(value), context), CloudDeclaration)
      .safeParse(text);
    if (!known.has(name))
      problems.push({ file: variable, line: 1, path: '', message: `${name} is no declared environment` });
    else if (!parsed.success)
      problems.push({
        file: variable,
        line: 1,
        path: pathText(parsed.error.issues[0]?.path ?? []),
        message: parsed.error.issues[0]?.message ?? 'is no cloud',
      });
    else clouds.set(name, parsed.data);
  }
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    environments: environments.map((environment) => ({
      ...environment,
      cloud: clouds.get(environment.name) ?? environment.cloud,
    })),
  };
}

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is no JSON of a cloud' });
    return z.NEVER;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function mergeDeep(base: unknown, over: unknown): unknown {
  if (!isRecord(base) || !isRecord(over)) return over;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  return Object.fromEntries([...keys].map((key) => [key, key in over ? mergeDeep(base[key], over[key]) : base[key]]));
}

/** The JSON Schema of environments.yaml, for editors. */
export function declarationJsonSchema(): unknown {
  const environment = Environment.extend({ service: ServiceSettings.partial().optional() });
  const file = Whole.extend({ service: ServiceSettings.partial(), environments: z.array(environment).min(1) });
  return z.toJSONSchema(file, { io: 'input', target: 'draft-7' });
}
