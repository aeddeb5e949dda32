import type { RouteConfig } from '@hono/zod-openapi';
import { createRoute, type z } from '@hono/zod-openapi';
import { ErrorEnvelope } from '@soundbite/client';
import { SoundBiteError, toErrorDocument } from '@soundbite/model';
import type { Context } from 'hono';

type Method = 'get' | 'post' | 'put' | 'delete';

/** A route that takes and gives JSON: its contract in one line. Every other answer is an ErrorEnvelope. */
export function route<
  Path extends string,
  Answer extends z.ZodType,
  const Request extends NonNullable<RouteConfig['request']>,
  const Status extends 200 | 202 = 200,
>(
  method: Method,
  path: Path,
  summary: string,
  answer: Answer,
  request: Request = {} as Request,
  status: Status = 200 as Status,
) {
  return createRoute({
    method,
    path,
    summary,
    security: [{ token: [] }],
    request,
    responses: {
      [status]: { description: summary, content: { 'application/json': { schema: answer } } },
    } as { [S in Status]: { description: string; content: { 'application/json': { schema: Answer } } } },
  });
}

/** A JSON body of a request. */
export const body = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: true, content: { 'application/json': { schema } } },
});

/** HTTP status of an error: what the asker can mend is 4xx. */
function statusOf(error: SoundBiteError): 400 | 401 | 404 | 409 | 500 | 503 {
  if (error.source === 'system') return error.code.endsWith('-down') ? 503 : 500;
  if (error.code === 'unauthorized' || error.code === 'credentials-refused') return 401;
  if (error.code.endsWith('-unknown')) return 404;
  if (error.code === 'usage' || error.code === 'declaration-invalid') return 400;
  return 409;
}

/** Any thrown value as the answer that clients understand; never a stack trace. */
export function errorAnswer(error: unknown, c: Context): Response {
  const known = error instanceof SoundBiteError ? error : undefined;
  const envelope: ErrorEnvelope = ErrorEnvelope.parse({ error: toErrorDocument(error) });
  return c.json(envelope, known ? statusOf(known) : 500);
}

/** A request that the contract refuses: names the first wrong field. */
export function refuseShape(result: { success: boolean; error?: z.ZodError }): void {
  if (result.success || !result.error) return;
  const issue = result.error.issues[0];
  const path = issue?.path.join('.') ?? '';
  throw new SoundBiteError('usage', `${path ? `${path}: ` : ''}${issue?.message ?? 'the request has another shape'}`, {
    source: 'user',
    mend: 'see /openapi.json',
    path,
  });
}
