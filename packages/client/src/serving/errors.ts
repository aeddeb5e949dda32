import type { ErrorCode } from '@soundbite/model/error-codes.ts';
import { rowOfError, SoundBiteError, toErrorDocument } from '@soundbite/model/errors.ts';
import type { Context } from 'hono';

const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  usage: 400,
  'declaration-invalid': 400,
  unauthorized: 401,
  'credentials-refused': 401,
  'origin-refused': 403,
  forbidden: 403,
  'token-unknown': 404,
  'link-invalid': 404,
  'link-over': 410,
  'evidence-unreadable': 400,
  'environment-unknown': 404,
  'evidence-unknown': 404,
  'freeze-unknown': 404,
  'hold-unknown': 404,
  'taint-unknown': 404,
  'promotion-unknown': 404,
  'release-unknown': 404,
  'route-unknown': 404,
  'session-unknown': 404,
  'method-not-allowed': 405,
  'body-too-large': 413,
  'content-type-wrong': 415,
  'host-refused': 421,
};

/** The HTTP status of an error: what the asker can fix is 4xx. */
export function statusOf(error: unknown): number {
  if (!(error instanceof SoundBiteError)) return 500;
  const { source, retry } = rowOfError(error);
  if (source === 'system') return retry === 'soon' ? 503 : 500;
  return statuses[error.code as ErrorCode] ?? 409;
}

/** Any thrown value as the answer that clients understand; never a stack trace. */
export function errorAnswer(error: unknown, c: Context): Response {
  const status = statusOf(error);
  if (status === 401) c.header('www-authenticate', 'Bearer');
  return c.json({ error: toErrorDocument(error) }, status as 500);
}

/** A request that the asker can put right. */
export function refusal(code: ErrorCode, message: string, hint = 'see /openapi.json', path?: string): SoundBiteError {
  return new SoundBiteError(code, message, { hint, ...(path === undefined ? {} : { path }) });
}
