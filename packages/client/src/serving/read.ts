import { type JsonLimits, parseStrictJson } from '@soundbite/model/strict-json.ts';
import type { Context } from 'hono';
import type { z } from 'zod';
import { type Operation, partsOf, pathParts } from '../operations.ts';
import { refusal } from './errors.ts';

const maxBodyBytes = 256 * 1024;

/** A request of this API needs two levels. Members that reach into a JavaScript object's prototype are refused. */
const limits: JsonLimits = {
  depth: 8,
  parts: 10_000,
  refused: new Set(['__proto__', 'constructor', 'prototype']),
};

/** A request as its operation's contract reads it. Errors: `usage`, `body-too-large`, `content-type-wrong`. */
export async function readRequest(operation: Operation, c: Context, signal: AbortSignal) {
  return {
    path: readPath(operation, c),
    query: readQuery(operation, new URL(c.req.url).searchParams, c.req.header('last-event-id')),
    body: await readBody(operation, c.req.raw),
    signal,
  };
}

async function readBody({ body, file }: Operation, request: Request): Promise<unknown> {
  if (file) {
    mustBeFile(request.headers.get('content-type'));
    return readBytes(request, file.most);
  }
  return body ? held(body, await readJson(request), 'body') : undefined;
}

/** The parts of its path that vary. Errors: `usage`. */
export function readPath({ path }: Operation, c: Context): Record<string, unknown> {
  return Object.fromEntries(
    partsOf(path).map((name) => {
      const schema = pathParts[name]?.schema;
      const value = mustBeText(c.req.param(name) ?? '', name);
      return [name, schema ? held(schema, value, name) : value];
    }),
  );
}

/** A browser that comes back asks by the address that it had, and says in a header how far it is. */
function readQuery({ query, numbered }: Operation, given: URLSearchParams, lastEvent: string | undefined): unknown {
  const values: Record<string, string> = {};
  for (const [name, value] of given) {
    if (Object.hasOwn(values, name)) throw refusal('usage', `${name} is given twice`, undefined, name);
    if (!Object.hasOwn(query?.shape ?? {}, name))
      throw refusal('usage', `${JSON.stringify(name)} is not a query parameter of this call`, undefined, 'query');
    values[name] = mustBeText(value, name);
  }
  if (numbered && lastEvent !== undefined) values.after = lastEvent;
  return query ? held(query, values, 'query') : {};
}

async function readJson(request: Request): Promise<unknown> {
  mustBeJson(request.headers.get('content-type'));
  const bytes = await readBytes(request, maxBodyBytes);
  try {
    const value = parseStrictJson(bytes, limits);
    mustHoldTexts(value);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) throw refusal('usage', `body: ${error.message}`, undefined, 'body');
    throw error;
  }
}

function mustBeJson(sent: string | null): void {
  const [type = '', ...parameters] = (sent ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (type === 'application/json' && (charset === undefined || /^charset="?utf-?8"?$/.test(charset))) return;
  const found = sent === null ? 'is missing' : `is ${JSON.stringify(sent)}`;
  throw refusal('content-type-wrong', `content-type ${found}`, 'send content-type: application/json');
}

function mustBeFile(sent: string | null): void {
  if (sent?.trim().toLowerCase() === 'application/octet-stream') return;
  const found = sent === null ? 'is missing' : `is ${JSON.stringify(sent)}`;
  throw refusal('content-type-wrong', `content-type ${found}`, 'send content-type: application/octet-stream');
}

/** A little too much is read to its end all the same: an answer before it would break the connection of whoever still sends, and nobody would hear why. */
async function readBytes(request: Request, most: number): Promise<Uint8Array> {
  const tooLarge = () => refusal('body-too-large', `the body is larger than ${most} bytes`, 'send less');
  if (Number(request.headers.get('content-length') ?? 0) > 4 * most) throw tooLarge();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of request.body ?? []) {
    size += piece.byteLength;
    if (size <= most) pieces.push(piece);
    if (size > 4 * most) break;
  }
  if (size > most) throw tooLarge();
  return Buffer.concat(pieces);
}

/** Names the first place that the contract refuses. */
function held<Schema extends z.ZodType>(schema: Schema, value: unknown, whole: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.join('.') || whole;
  throw refusal('usage', `${path}: ${issue?.message ?? 'has another form'}`, undefined, path);
}

/** What Postgres and canonical JSON cannot hold is refused where it comes in. */
function mustBeText(text: string, place: string): string {
  if (text.includes('\0')) throw refusal('usage', `${place}: has a NUL character in it`, undefined, place);
  if (!text.isWellFormed()) throw refusal('usage', `${place}: has half of a surrogate pair in it`, undefined, place);
  return text;
}

function mustHoldTexts(value: unknown, place = 'body'): void {
  if (typeof value === 'string') mustBeText(value, place);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    mustBeText(key, place);
    mustHoldTexts(member, place === 'body' ? key : `${place}.${key}`);
  }
}
