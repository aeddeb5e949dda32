import { randomUUID } from 'node:crypto';
import { Hono, type MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { audioRoute } from './audio.ts';
import type { AppContext, AppParts, AppTypes } from './context.ts';
import { rateLimit } from './limit.ts';
import { operationRoutes } from './operations.ts';
import { pageRoutes } from './page.ts';
import { HttpProblem, PROBLEM_TYPE } from './problems.ts';
import { soundbiteRoutes } from './soundbites.ts';

/** The HTTP API, the same under Node's server and in a Lambda function. */
export function createApp(parts: AppParts): Hono<AppTypes> {
  const { settings } = parts;
  const app = new Hono<AppTypes>();
  app.use(observed(parts));
  app.use(rateLimit(settings.service.limits.requestsPerSecond, parts.now));
  soundbiteRoutes(app, parts);
  audioRoute(app, parts);
  operationRoutes(app, parts);
  pageRoutes(app, parts);
  return answerProblems(app, parts);
}

/** Ends an app: what none of its routes took, and what they threw, is answered as problem+json. */
export function answerProblems(app: Hono<AppTypes>, parts: AppParts): Hono<AppTypes> {
  refuseOtherMethods(app);
  app.notFound((c) => render(c, new HttpProblem(404, 'no-such-route', `there is nothing at ${c.req.path}`)));
  app.onError((error, c) => render(c, asProblem(error, parts)));
  return app;
}

/** Names release and request on every answer, and writes one log line and one measurement for each. */
export function observed({ settings, log, metrics }: AppParts): MiddlewareHandler<AppTypes> {
  return async (c, next) => {
    const begun = performance.now();
    const requestId = requestIdOf(c.req.header('x-request-id'));
    c.set('requestId', requestId);
    await next();
    c.header('x-soundbite-release', settings.release);
    c.header('x-request-id', requestId);
    c.header('x-content-type-options', 'nosniff');
    const seconds = (performance.now() - begun) / 1000;
    const [method, status] = [methodOf(c), c.res.status];
    const route = routePath(c, -1);
    metrics.requests.observe({ method, route, status }, seconds);
    const ms = Math.round(seconds * 1e4) / 10;
    const pinned = c.env.pinned === true ? { pinned: true } : {};
    log.info({ requestId, method, route, path: c.req.path, status, ms, ...pinned }, 'request');
  };
}

const methodOf = (c: AppContext): string => c.env.sentMethod ?? c.req.method;

/** The caller's own id for its request, when it has a sane form; else a new one. */
function requestIdOf(sent: string | undefined): string {
  return sent !== undefined && /^[\w.:-]{1,128}$/.test(sent) ? sent : randomUUID();
}

/** A known path asked with an unknown method: says which it knows. */
function refuseOtherMethods(app: Hono<AppTypes>): void {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (method === 'ALL') continue;
    methods.set(path, (methods.get(path) ?? new Set()).add(method));
  }
  for (const [path, known] of methods) {
    const allow = [...known, ...(known.has('GET') ? ['HEAD'] : [])].join(', ');
    app.all(path, (c) => {
      throw new HttpProblem(405, 'method-not-allowed', `${path} takes ${allow}, not ${methodOf(c)}`, {
        headers: { allow },
      });
    });
  }
}

function asProblem(error: Error, { log }: AppParts): HttpProblem {
  if (error instanceof HttpProblem) return error;
  log.error({ error }, 'a request could not be answered');
  if (!isOfDependency(error))
    return new HttpProblem(500, 'internal', 'the service met an error of its own', { cause: error });
  return new HttpProblem(503, 'dependency-unavailable', 'a dependency of the service does not answer', {
    headers: { 'retry-after': '2' },
    cause: error,
  });
}

/** An error of the SDK or of a connection (`ECONNREFUSED`; Node's own mistakes are `ERR_…`): the caller may try again. */
function isOfDependency(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : '';
  const named = ['TimeoutError', 'CredentialsProviderError'].includes(error.name);
  return '$metadata' in error || '$fault' in error || named || /^E[A-Z]+$/.test(code);
}

function render(c: AppContext, problem: HttpProblem): Response {
  for (const [name, value] of Object.entries(problem.headers)) c.header(name, value);
  const document = JSON.stringify(problem.document(c.get('requestId')));
  return c.body(document, problem.status as 400, { 'content-type': PROBLEM_TYPE });
}
