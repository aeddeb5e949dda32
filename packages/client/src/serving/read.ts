import type { Context } from 'hono';
import type { z } from 'zod';
import { type Operation, partsOf, pathParts } from '../operations.ts';
import { refusal } from './errors.ts';
import { parseStrictJson } from './strict-json.ts';

const maxBodyBytes = 256 * 1024;

/** A request as its operation's contract reads it. Errors: `usage`, `body-too-large`, `content-type-wrong`. */
export async function readRequest(operation: Operation, c: Context, signal: AbortSignal) {
  return {
    path: readPath(operation, c),
    query: readQuery(operation, new URL(c.req.url).searchParams),
    body: operation.body ? held(operation.body, await readJson(c.req.raw), 'body') : undefined,
    signal,
  };
}

function readPath({ path }: Operation, c: Context): Record<string, unknown> {
  return Object.fromEntries(
    partsOf(path).map((name) => {
      const schema = pathParts[name]?.schema;
      const value = mustBeText(c.req.param(name) ?? '', name);
      return [name, schema ? held(schema, value, name) : value];
    }),
  );
}

function readQuery({ query }: Operation, given: URLSearchParams): unknown {
  const values: Record<string, string> = {};
  for (const [name, value] of given) {
    if (Object.hasOwn(values, name)) throw refusal('usage', `${name} is given twice`, undefined, name);
    if (!Object.hasOwn(query?.shape ?? {}, name))
      throw refusal('usage', `${JSON.stringify(name)} is not a query parameter of this call`, undefined, 'query');
    values[name] = mustBeText(value, name);
  }
  return query ? held(query, values, 'query') : {};
}

async function readJson(request: Request): Promise<unknown> {
  mustBeJson(request.headers.get('content-type'));
  const bytes = await readBytes(request);
  try {
    const value = parseStrictJson(bytes);
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

async function readBytes(request: Request): Promise<Uint8Array> {
  const tooLarge = () => refusal('body-too-large', `the body is larger than ${maxBodyBytes} bytes`, 'send less');
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) throw tooLarge();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of request.body ?? []) {
    size += piece.byteLength;
    if (size > maxBodyBytes) throw tooLarge();
    pieces.push(piece);
  }
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
