import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type YAMLError,
} from 'yaml';
import { wellFormed } from '../foreign-text.ts';

export type Path = readonly PropertyKey[];

/** One problem of a declaration file: 1-based line, path (`environments[3].watch`) and a message that names the value and the hint. */
export interface DeclarationProblem {
  readonly file: string;
  readonly line: number;
  readonly path: string;
  readonly message: string;
}

/** A text in YAML and the name under which its problems are reported: a file's, or a variable's. */
export interface DeclarationText {
  readonly file: string;
  readonly text: string;
}

/** `environments[3].watch` */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part)),
    '',
  );
}

/** `environments.yaml:41 environments[3].watch: must be 0 or more seconds, not -5` */
export function problemText(problem: DeclarationProblem): string {
  return `${problem.file}:${problem.line} ${problem.path ? `${problem.path}: ` : ''}${problem.message}`;
}

/** A parsed text: its value, and the position of each part. */
export interface Source {
  readonly value: unknown;
  has(path: Path): boolean;
  /** What stands there, short enough for a message: a number as it was written, anything else as JSON; '' when it is long. */
  shown(path: Path): string;
  problem(path: Path, message: string): DeclarationProblem;
}

/** Reads YAML (and so JSON). Duplicate keys, unresolved or exploding aliases, unknown tags and several documents are problems. */
export function readSource({ file, text }: DeclarationText): Source | readonly DeclarationProblem[] {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true });
  const syntax = [...doc.errors, ...doc.warnings].map((error) => ({
    file,
    line: error.linePos?.[0].line ?? 1,
    path: '',
    message: syntaxMessage(error, text),
  }));
  if (syntax.length > 0) return syntax;
  let value: unknown;
  try {
    value = doc.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ file, line: 1, path: '', message: `${reason}; write the values out` }];
  }
  const problem = (path: Path, message: string) => ({
    file,
    line: lineAt(doc, lines, path),
    path: pathText(path.map((part) => (typeof part === 'string' ? wellFormed(part) : part))),
    message,
  });
  const strange = strangeTexts(value).map(({ path, what }) =>
    problem(path, `holds a character that cannot be recorded (${what}); remove it`),
  );
  if (strange.length > 0) return strange;
  return {
    value,
    has: (path) => path.length === 0 || doc.hasIn(path),
    shown: (path) => shown(doc, path),
    problem,
  };
}

/** Where a value has a text, a key too, that Postgres or canonical JSON refuse: what is declared is recorded in each plan. */
function strangeTexts(value: unknown, path: Path = []): { readonly path: Path; readonly what: string }[] {
  if (typeof value === 'string') {
    const what = value.includes('\0') ? 'NUL' : value.isWellFormed() ? null : 'half of a surrogate pair';
    return what === null ? [] : [{ path, what }];
  }
  // Deeper than any declaration; an anchor inside itself has no end.
  if (typeof value !== 'object' || value === null || path.length > 20) return [];
  return Object.entries(value).flatMap(([key, one]) => {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    return [...strangeTexts(key, at), ...strangeTexts(one, at)];
  });
}

function syntaxMessage(error: YAMLError, text: string): string {
  if (error.code === 'DUPLICATE_KEY') {
    const [key = ''] = text.slice(error.pos[0]).split(/:|\n/, 1);
    return `${key.trim()} is given twice; remove one`;
  }
  if (error.code === 'MULTIPLE_DOCS') return 'holds several documents; keep one';
  return (error.message.split('\n')[0] ?? error.code).replace(/ at line \d+, column \d+:?$/, '');
}

function shown(doc: Document.Parsed<ParsedNode>, path: Path): string {
  const node = doc.getIn(path, true);
  const text =
    isScalar(node) && typeof node.value === 'number' && typeof node.source === 'string'
      ? node.source
      : JSON.stringify(doc.getIn(path) ?? null);
  return text.length < 80 ? text : '';
}

/** The line of the deepest part of `path` that the text has: a missing key is blamed on the map that lacks it. */
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
