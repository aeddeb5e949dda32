import { screens } from '@soundbite/model/page/screens.ts';
import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import { openApiDocument } from '../openapi.ts';
import { type Handlers, type Operation, operations } from '../operations.ts';
import { readAllowed } from './allowed-request.ts';
import { type Authority, demandToken, type Known, stillKnown } from './authority.ts';
import { errorAnswer, refusal } from './errors.ts';
import { closeAnswers, demandLoopbackHost, demandOwnOrigin } from './guards.ts';
import { ndjson, serverSentEvents, writeLines } from './lines.ts';

export interface Serving {
  readonly handlers: Handlers;
  /** In front of every `/v1` call. */
  readonly authority: Authority;
  /** Holds answers to the contract, too: one that breaks it is a 500. For the fake, which has no other proof. */
  readonly holdAnswers?: boolean;
  /** How often a stream says that it goes on, and is asked whether it still may, in ms; the usual when absent. */
  readonly beatMs?: number | undefined;
}

/** How often it is asked whether who reads a stream is still known, in ms. */
const askedEveryMs = 15_000;

/** The control plane's HTTP API over its handlers, whoever they are: guards, reading, statuses and errors as the contract says. */
export function contractApp(serving: Serving): Hono<Known> {
  const { handlers, authority, holdAnswers = false } = serving;
  const app = new Hono<Known>();
  app.onError(errorAnswer);
  app.use(closeAnswers);
  app.use(demandLoopbackHost);
  app.use(demandOwnOrigin);
  app.get('/openapi.json', (c) => c.json(openApiDocument()));
  app.get('/health', (c) => c.json({ ok: true }));
  app.use('/v1/*', demandToken(authority));
  for (const [name, operation] of Object.entries<Operation>(operations)) {
    const handle = handlers[name as keyof Handlers] as (asked: unknown) => unknown;
    app.on(operation.method.toUpperCase(), routeOf(operation).split(' ')[1] ?? '', async (c) => {
      const gone = new AbortController();
      const asked = await readAllowed(authority, c, name, operation, gone.signal);
      const answer = await handle({ ...asked, actor: c.get('actor') });
      if (operation.lines)
        return lineStream(serving, operation, c, hold(operation, answer as AsyncIterable<unknown>, holdAnswers), gone);
      return c.json(holdAnswers ? operation.answer.parse(answer) : (answer as object), operation.status ?? 200);
    });
  }
  return app;
}

/** Routes that ask for no action, and why that is so. */
const open: Readonly<Record<string, string>> = {
  'GET /health': 'says only that it lives',
  'GET /openapi.json': 'is published',
  ...Object.fromEntries(
    Object.values(screens).map((path) => [
      `GET ${path}`,
      'shows what a browser’s cookie may see, and nothing without one',
    ]),
  ),
  'GET /assets/:file': 'is the page’s program, which is published and the same for everybody',
  'GET /enter/:link': 'lets in whom the link was made for, once',
  'GET /approval/:link': 'shows what a link is signed for',
  'POST /approval/:link': 'is said by whom the link is signed for',
  'GET /credentials/:environment': 'knows each service process by a secret of its own',
};

/** What an operation's path is to the router. */
const routeOf = ({ method, path }: Operation): string =>
  `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`;

/** No server starts with a route that anybody could ask: each is an operation, which names its action, or stands in `open`. */
function demandActions(app: Hono<Known>): void {
  const known = new Set([...Object.values<Operation>(operations).map(routeOf), ...Object.keys(open)]);
  const unguarded = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path}`)
    .filter((route) => !known.has(route));
  if (unguarded.length > 0) throw new Error(`these routes name no action: ${unguarded.join(', ')}`);
}

/**
 * Ends an app: what none of its routes took is answered as every error; to who reads it in a browser, by `lost` where that is given. Throws if a route names no
 * action.
 */
export function refuseTheRest(
  app: Hono<Known>,
  lost?: (c: Context<Known>) => Response | Promise<Response>,
): Hono<Known> {
  demandActions(app);
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (method === 'ALL') continue;
    methods.set(path, (methods.get(path) ?? new Set()).add(method));
  }
  for (const [path, known] of methods) {
    const allow = [...known, ...(known.has('GET') ? ['HEAD'] : [])].join(', ');
    app.all(path, (c) => {
      c.header('allow', allow);
      throw refusal('method-not-allowed', `${c.req.path} takes ${allow}, not ${c.req.method}`);
    });
  }
  app.notFound((c) => {
    if (lost && c.req.method === 'GET' && c.req.header('accept')?.includes('text/html')) return lost(c);
    return errorAnswer(refusal('route-unknown', `there is no ${c.req.method} ${c.req.path}`), c);
  });
  return app;
}

/** HEAD asks for no lines: nothing is read that nobody would get. A change goes on to its end, whoever asked for it; what only tells ends with the token. */
function lineStream(
  { authority, beatMs }: Serving,
  { method, numbered }: Operation,
  c: Context,
  documents: AsyncIterable<unknown>,
  gone: AbortController,
): Response {
  const isForBrowsers = numbered && c.req.header('accept')?.includes(serverSentEvents.contentType);
  const framing = isForBrowsers ? serverSentEvents : ndjson;
  c.header('content-type', framing.contentType);
  if (c.req.method === 'HEAD') return c.body(null);
  return stream(c, async (out) => {
    out.onAbort(() => gone.abort());
    const known = method === 'get' ? stillKnown(authority, c, beatMs ?? askedEveryMs, () => gone.abort()) : null;
    await writeLines(out, known?.during(documents) ?? documents, { framing, everyMs: beatMs ?? framing.beatMs });
    known?.end();
  });
}

async function* hold({ answer }: Operation, documents: AsyncIterable<unknown>, wanted: boolean) {
  for await (const document of documents) yield wanted ? answer.parse(document) : document;
}
