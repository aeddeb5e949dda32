import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';

export interface Problem {
  readonly status: number;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
}

/** The document of RFC 9457 for an answer of the edge's own. */
export function problemBody(problem: Problem, requestId: string): string {
  const title = STATUS_CODES[problem.status] ?? 'Error';
  return JSON.stringify({ type: 'about:blank', title, status: problem.status, detail: problem.detail, requestId });
}

/** Answers by a problem; ends the connection when an answer was begun already, since that one cannot be taken back. */
export function answerProblem(response: ServerResponse, problem: Problem, requestId: string): void {
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
