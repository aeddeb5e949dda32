import type * as z from 'zod';
import { parseStrictJson, StrictJsonError } from '../soundbites/strict-json.ts';
import { type FieldError, fieldProblem, HttpProblem } from './problems.ts';

/**
 * Reads a request's JSON body: content type, size, strict syntax, then the schema.
 * @throws Problem 415, 413, 400 or 422, each naming the field
 */
export async function readBody<Schema extends z.ZodType>(
  request: Request,
  maxBytes: number,
  schema: Schema,
): Promise<z.infer<Schema>> {
  checkContentType(request.headers);
  const bytes = await readBytes(request, maxBytes);
  const parsed = schema.safeParse(parse(bytes), { reportInput: true });
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap(fieldErrors);
  throw new HttpProblem(422, 'invalid-request', errors.map(({ field, message }) => `${field} ${message}`).join('; '), {
    errors,
  });
}

function checkContentType(headers: Headers): void {
  const sent = headers.get('content-type');
  const [type = '', ...parameters] = (sent ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (type === 'application/json' && isUtf8) return;
  throw fieldProblem(415, 'wrong-content-type', 'content-type', `is ${sent ?? 'not there'}; send application/json`);
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => fieldProblem(413, 'body-too-large', 'body', `is larger than ${maxBytes} bytes`);
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of request.body ?? []) {
    size += piece.byteLength;
    if (size > maxBytes) throw tooLarge();
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(bytes);
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    const errors = [{ field: error.field ?? 'body', message: error.message }];
    throw new HttpProblem(400, 'malformed-body', error.message, { errors });
  }
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((field) => ({ field, message: 'is not a member of this request' }));
  const field = issue.path.length === 0 ? 'body' : issue.path.join('.');
  const at = issue.code === 'custom' ? (issue.params?.at as FieldError['at']) : undefined;
  return [{ field, message: messageOf(issue), ...(at === undefined ? {} : { at }) }];
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return issue.input === undefined ? 'is missing' : `is no ${issue.expected}`;
  if (issue.code === 'invalid_value') return `is not one of ${issue.values.join(', ')}`;
  if (issue.code === 'too_small') return `is less than ${issue.minimum}`;
  if (issue.code === 'too_big') return `is more than ${issue.maximum}`;
  return issue.message;
}
