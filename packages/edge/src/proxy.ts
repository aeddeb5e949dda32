import type { Agent, IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { EdgeRoute, EdgeUpstream, RequestRecord } from '@soundbite/model';
import { isLoopbackHost } from '@soundbite/model/loopback.ts';
import { headers as names } from '@soundbite/model/names.ts';
import { routeName } from '@soundbite/model/route-name.ts';
import { byShare, upstreamsAt } from './choose.ts';
import type { ForwardingResult } from './forward.ts';
import { forward, hasBody, tooLarge } from './forward.ts';
import { idOf, toClient } from './headers.ts';
import { safePath } from './path.ts';
import type { EdgeProblem } from './problem.ts';
import { answerProblem } from './problem.ts';

const firstPauseMs = 20;
const longestPauseMs = 250;

/** Status of a request whose client went away (as nginx has it), and of one whose answer broke off. */
const clientGone = 499;
const brokenOff = 502;

export interface ProxyParts {
  /** The environment's current route: read for every attempt, so that a waiting request follows a switch. */
  readonly route: () => EdgeRoute | undefined;
  readonly agent: Agent;
  readonly random: () => number;
  /** How long a request waits for an upstream to come back: a process or an account that is being started again. */
  readonly patienceMs: number;
  readonly record: (record: RequestRecord) => void;
}

/** Answers one public request of an environment and records it. Never throws, never rejects. */
export async function proxy(
  environment: string,
  request: IncomingMessage,
  response: ServerResponse,
  parts: ProxyParts,
): Promise<void> {
  const start = Date.now();
  const began = performance.now();
  const requestId = idOf(request);
  const gone = new AbortController();
  const end = { status: 0, release: null as string | null, version: null as string | null };
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
    parts.record({
      environment,
      start,
      method: request.method ?? 'GET',
      route: routeName(request.url ?? '/'),
      status: finalStatus(response, end.status),
      ms: Math.round((performance.now() - began) * 100) / 100,
      release: end.release,
      version: end.version,
      pinned: request.headers[names.pin] !== undefined,
    });
  });

  const result = await answerOf({ request, requestId, gone: gone.signal, parts });
  if (result.kind === 'gone') return;
  if (result.kind === 'problem') return answerProblem(response, result.problem, requestId);
  const { answer, upstream } = result;
  end.status = answer.statusCode ?? brokenOff;
  end.release = headerOf(answer, names.release) ?? ownRelease(upstream);
  end.version = headerOf(answer, names.executedVersion);
  passOn(answer, upstream, response, requestId);
}

/** A process is of one release, also if its answers do not say so; a gateway leads to several. */
const ownRelease = (upstream: EdgeUpstream) => (upstream.kind === 'http' ? upstream.release : null);

function finalStatus(response: ServerResponse, upstreamStatus: number): number {
  if (response.writableFinished) return response.statusCode;
  // The answer was cut: by its upstream (then we destroyed it with an error) or by the client.
  return upstreamStatus !== 0 && response.errored !== null ? brokenOff : clientGone;
}

type Result =
  | { readonly kind: 'answer'; readonly answer: IncomingMessage; readonly upstream: EdgeUpstream }
  | { readonly kind: 'problem'; readonly problem: EdgeProblem }
  | { readonly kind: 'gone' };

interface Exchange {
  readonly request: IncomingMessage;
  readonly requestId: string;
  readonly gone: AbortSignal;
  readonly parts: ProxyParts;
}

async function answerOf(exchange: Exchange): Promise<Result> {
  const { request, requestId, gone, parts } = exchange;
  if ((request.headersDistinct.host?.length ?? 0) > 1) return problem(400, 'There is more than one Host header.');
  if (!isLoopbackHost(request.headers.host))
    return problem(421, 'The Host header does not name this machine’s loopback interface.');
  const path = safePath(request.url ?? '/');
  if (path === null) return problem(400, 'The path holds dot segments or is not a path.');
  // A body that was sent is spent; and what has effects must not be sent twice.
  const repeatable = ['GET', 'HEAD', 'OPTIONS'].includes(request.method ?? '') && !hasBody(request);
  const failed = new Set<string>();
  const deadline = performance.now() + parts.patienceMs;
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 2, longestPauseMs)) {
    const upstream = upstreamFor(request, path, parts, failed);
    if ('status' in upstream) return { kind: 'problem', problem: upstream };
    const bytes = tooLarge(request, upstream);
    const agent = repeatable ? parts.agent : false;
    const outcome: ForwardingResult =
      bytes !== null
        ? { kind: 'too-large', bytes }
        : await forward({ request, path, requestId, upstream, agent, gone });
    if (outcome.kind === 'answered') return { kind: 'answer', answer: outcome.answer, upstream };
    if (outcome.kind === 'client-gone') return { kind: 'gone' };
    const again = outcome.kind === 'unreached' || (outcome.kind === 'broken' && repeatable);
    if (!again || performance.now() + pause > deadline)
      return { kind: 'problem', problem: problemOf(outcome, upstream) };
    const isFirstTry = !failed.has(upstream.url);
    failed.add(upstream.url);
    // The first time at once: a kept connection may have been closed under us, or another upstream lives.
    if (!isFirstTry) await delay(pause);
    if (gone.aborted) return { kind: 'gone' };
  }
}

/** The upstream that a request goes to, or why there is none. */
function upstreamFor(
  request: IncomingMessage,
  path: string,
  parts: ProxyParts,
  failed: ReadonlySet<string>,
): EdgeUpstream | EdgeProblem {
  const upstreams = upstreamsAt(path.split('?', 1)[0] ?? '/', parts.route()?.upstreams ?? []);
  const pin = request.headers[names.pin];
  if (pin !== undefined) return pinned(String(pin), upstreams);
  return byShare(upstreams, failed, parts.random()) ?? emptyProblem;
}

const emptyProblem: EdgeProblem = {
  status: 503,
  detail: 'This environment is empty: no release takes traffic here yet.',
  retryAfterSeconds: 5,
};

function pinned(pin: string, upstreams: readonly EdgeUpstream[]): EdgeUpstream | EdgeProblem {
  if (!/^sha256:[0-9a-f]{64}$/.test(pin)) {
    return { status: 400, detail: `${names.pin} is not a digest; a digest is sha256: and 64 hex digits.` };
  }
  if (upstreams.some((upstream) => upstream.kind === 'gateway')) {
    return {
      status: 421,
      detail: 'Behind a gateway a version is pinned by Invoke with its qualifier, not by a header.',
    };
  }
  const found = upstreams.find((upstream) => upstream.release === pin);
  return found ?? { status: 421, detail: `The release ${pin} is not ready in this environment.` };
}

function problemOf(outcome: ForwardingResult, upstream: EdgeUpstream): EdgeProblem {
  if (outcome.kind === 'too-large') return { status: 413, detail: 'The body is larger than 10 MB.' };
  if (outcome.kind === 'late') {
    // API Gateway answers 503 when an HTTP API's integration is late.
    const status = upstream.kind === 'gateway' ? 503 : 504;
    return { status, detail: `The service did not answer within ${outcome.ms / 1000} s.`, retryAfterSeconds: 1 };
  }
  const detail = outcome.kind === 'unreached' ? 'The service cannot be reached.' : 'The service broke off.';
  return { status: upstream.kind === 'gateway' ? 503 : 502, detail, retryAfterSeconds: 1 };
}

function problem(status: number, detail: string): Result {
  return { kind: 'problem', problem: { status, detail } };
}

function headerOf(answer: IncomingMessage, name: string): string | null {
  const value = answer.headers[name];
  return typeof value === 'string' && value.length <= 128 ? value : null;
}

function passOn(answer: IncomingMessage, upstream: EdgeUpstream, response: ServerResponse, requestId: string): void {
  const status = answer.statusCode ?? brokenOff;
  if (upstream.kind === 'gateway' && isGatewaysOwnError(answer)) {
    answer.resume();
    const detail = status >= 500 ? 'The service failed.' : 'The request was refused before it reached the service.';
    answerProblem(response, { status, detail }, requestId);
    return;
  }
  response.writeHead(status, toClient(answer, requestId));
  answer.once('error', (error) => response.destroy(error));
  answer.pipe(response);
}

/**
 * An error that the service did not make: what a crashed function says does not concern clients. One that names its release made it, and so did one
 * that names none where the account says that a version ran and this is no crash.
 */
function isGatewaysOwnError(answer: IncomingMessage): boolean {
  const status = answer.statusCode ?? 0;
  const type = answer.headers['content-type'] ?? '';
  const hasRun = answer.headers[names.executedVersion] !== undefined && status < 500;
  const isOurs = answer.headers[names.release] !== undefined || type.startsWith('application/problem+json') || hasRun;
  return status >= 400 && !isOurs;
}
