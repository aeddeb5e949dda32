import { JsonSyntaxError, parseStrictJson } from '@soundbite/model';
import { findNodeAtLocation, type ParseError, parseTree } from 'jsonc-parser';
import type { z } from 'zod';
import { lineAt, unreadable } from './unreadable.ts';

/** A log of SARIF needs twenty levels, and one of 8 MiB some 400,000 parts. */
const limits = { depth: 64, parts: 600_000 };

/** Where something stands is looked for in texts of this length at most: the tree that it takes costs far more than reading the file. */
const longestSearched = 2 ** 20;

/** A file of JSON, with the means to say where something stands in it. */
export interface JsonFile {
  readonly text: string;
  readonly value: unknown;
}

/** Parses a file as JSON. Errors: `evidence-unreadable`, with the line. */
export function parseJson(bytes: Uint8Array): JsonFile {
  try {
    return { value: parseStrictJson(bytes, limits), text: new TextDecoder().decode(bytes) };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw unreadable(said(error.message), 'write valid JSON in UTF-8', lineOf(bytes, error));
  }
}

/** What the engine's parser says is a sentence of its own. */
const said = (message: string) => {
  if (/^(is|has) /.test(message)) return `the file ${message}`;
  return message.startsWith('the member') ? message : `the file is not valid JSON: ${message}`;
};

/** Where it is wrong. The engine's own parser does not always say it. */
function lineOf(bytes: Uint8Array, { message, offset }: JsonSyntaxError): number | null {
  if (message === 'is not UTF-8') return null;
  const text = new TextDecoder().decode(bytes);
  if (offset !== null) return lineAt(text, offset);
  if (text.length > longestSearched) return null;
  const errors: ParseError[] = [];
  parseTree(text, errors, { disallowComments: true });
  const [first] = errors;
  return first ? lineAt(text, first.offset) : null;
}

/** Holds a file's value against a form. Errors: `evidence-unreadable`, with the line of the first place that it refuses. */
export function holdJson<Schema extends z.ZodType>({ text, value }: JsonFile, form: Schema, hint: string) {
  const result = form.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = (issue?.path ?? []).filter((part) => typeof part !== 'symbol');
  const tree = text.length > longestSearched ? undefined : parseTree(text);
  const node = tree && (findNodeAtLocation(tree, path) ?? findNodeAtLocation(tree, path.slice(0, -1)));
  const place = path.length > 0 ? path.join('.') : 'the file';
  throw unreadable(`${place}: ${issue?.message ?? 'has another form'}`, hint, node ? lineAt(text, node.offset) : null);
}
