import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';

export interface EdgeProblem {
  readonly status: number;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
}

/** Stable names of the edge's own answers. The service says `code` too, and names what is the same for a client in the same way. */
const codes: Readonly<Record<number, string>> = {
  400: 'malformed-request',
  405: 'method-not-allowed',
  408: 'request-too-slow',
  413: 'body-too-large',
  421: 'misdirected-request',
  431: 'headers-too-large',
  502: 'upstream-broken',
  503: 'upstream-unavailable',
  504: 'upstream-late',
};

/** The document of RFC 9457 for an answer of the edge's own. */
export function problemBody(problem: EdgeProblem, requestId: string): string {
  const title = STATUS_CODES[problem.status] ?? 'Error';
  const { status, detail } = problem;
  const code = codes[status] ?? 'refused';
  return JSON.stringify({ type: 'about:blank', title, status, detail, code, requestId });
}

/** Answers by a problem; ends the connection when an answer was begun already, since that one cannot be taken back. */
export function answerProblem(response: ServerResponse, problem: EdgeProblem, requestId: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(problem.status, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-request-id': requestId,
    ...(problem.retryAfterSeconds === undefined ? {} : { 'retry-after': String(problem.retryAfterSeconds) }),
  });
  response.end(problemBody(problem, requestId));
}
