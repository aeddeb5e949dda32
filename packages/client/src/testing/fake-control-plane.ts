import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Digest, isFinal, PromotionRequest, SoundBiteError, toErrorDocument } from '@soundbite/model';
import type { z } from 'zod';
import * as schemas from '../schemas.ts';
import { type FakeWorld, makeWorld } from './fake-world.ts';

/**
 * A control plane in memory, for tests of its clients. What it promises (and fake-control-plane.test.ts holds it to):
 *
 * 1. It listens on loopback at a free port. Every `/v1` route wants the bearer token, else 401 `unauthorized`.
 * 2. Requests are read and answers are written through the schemas of this package: an answer that breaks the contract is a 500 here.
 * 3. Five environments in order, as `makeWorld` sets them up. What is unknown is a 404 `environment-unknown`, `release-unknown` or `promotion-unknown`.
 * 4. POST /v1/promotions answers 202 with a running promotion (waiting, when one runs there already); the same idempotency key answers with the same one.
 *    Without a release it takes the one live in the environment before; a rollback takes the previous one.
 *    With `through` it goes on, when it succeeded, to the environment after it, with the same release, up to that one; any other end says in its reason what is
 *    not begun. An abort of one that went on to others is one of the last of these.
 *    A promotion into an environment whose predecessor does not hold the release is refused: 409 `order`, unless overridden.
 * 5. A promotion moves only when the test says so: `world.advance(id)` ends its present step, `world.end(id, state, reason)` ends all of it; with `world.auto`
 *    it goes through by itself. When it succeeds its release is live. Every move raises `revision`.
 * 6. GET /v1/promotions/:id with `seen` waits for another revision, at most `waitMs`.
 * 7. `stop()` breaks all connections and keeps the world; `start()` listens again, at another port: what a restart looks like from outside.
 * 8. Every request is remembered in `requests` ("METHOD path").
 */
export async function startFake(world: FakeWorld = makeWorld()): Promise<FakeControlPlane> {
  const requests: string[] = [];
  const token = `token-${randomUUID()}`;
  let server: Server | null = null;
  const fake: FakeControlPlane = {
    world,
    requests,
    token,
    url: '',
    async start() {
      const next = createServer((request, response) => {
        requests.push(`${request.method} ${request.url}`);
        answer(world, token, request, response).catch((error: unknown) => sayError(response, 500, error));
      });
      await new Promise<void>((resolve) => next.listen(0, '127.0.0.1', resolve));
      server = next;
      fake.url = `http://127.0.0.1:${(next.address() as AddressInfo).port}`;
      world.url = fake.url;
    },
    async stop() {
      const last = server;
      server = null;
      last?.closeAllConnections();
      await new Promise<void>((resolve) => (last ? last.close(() => resolve()) : resolve()));
    },
  };
  await fake.start();
  return fake;
}

export interface FakeControlPlane {
  readonly world: FakeWorld;
  readonly requests: string[];
  readonly token: string;
  url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

async function answer(
  world: FakeWorld,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fake');
  if (url.pathname === '/health') return say(response, 200, schemas.Alive, { ok: true });
  if (request.headers.authorization !== `Bearer ${token}`) {
    return sayError(
      response,
      401,
      new SoundBiteError('unauthorized', 'the token is wrong', { source: 'user', mend: 'soundbite up' }),
    );
  }
  const found = routes.find(([method, pattern]) => method === request.method && pattern.test(url.pathname));
  if (!found) return sayError(response, 404, new SoundBiteError('route-unknown', url.pathname, { source: 'user' }));
  const [, pattern, handle] = found;
  const [, part = ''] = pattern.exec(url.pathname) ?? [];
  const body = await readBody(request);
  try {
    await handle({ world, part: decodeURIComponent(part), query: url.searchParams, body, response });
  } catch (error) {
    const user = error instanceof SoundBiteError && error.source === 'user';
    sayError(response, !user ? 500 : error.code.endsWith('-unknown') ? 404 : 409, error);
  }
}

interface Call {
  readonly world: FakeWorld;
  readonly part: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly response: ServerResponse;
}

type Route = readonly [method: string, path: RegExp, handle: (call: Call) => void | Promise<void>];

const routes: readonly Route[] = [
  ['GET', /^\/v1\/status$/, ({ world, response }) => say(response, 200, schemas.Status, world.status())],
  [
    'GET',
    /^\/v1\/environments$/,
    ({ world, response }) =>
      say(response, 200, schemas.EnvironmentList, { environments: world.names.map((name) => world.environment(name)) }),
  ],
  [
    'GET',
    /^\/v1\/environments\/([^/]+)$/,
    ({ world, part, response }) => say(response, 200, schemas.EnvironmentView, world.environment(part)),
  ],
  [
    'GET',
    /^\/v1\/environments\/([^/]+)\/plan$/,
    ({ world, part, query, response }) => say(response, 200, schemas.Plan, world.plan(part, query.get('release'))),
  ],
  [
    'GET',
    /^\/v1\/environments\/([^/]+)\/validate$/,
    ({ world, part, response }) => say(response, 200, schemas.Findings, world.validate(part)),
  ],
  ['GET', /^\/v1\/environments\/([^/]+)\/logs$/, logs],
  [
    'POST',
    /^\/v1\/environments\/([^/]+)\/bootstrap$/,
    ({ world, part, response }) => say(response, 200, schemas.BootstrapResult, world.bootstrap(part)),
  ],
  [
    'POST',
    /^\/v1\/environments\/([^/]+)\/destroy$/,
    ({ world, part, body, response }) =>
      say(response, 200, schemas.DestroyResult, world.destroy(part, schemas.DestroyRequest.parse(body).confirm)),
  ],
  [
    'POST',
    /^\/v1\/environments\/([^/]+)\/dev$/,
    ({ world, part, response }) => say(response, 201, schemas.DevSession, world.startDev(part)),
  ],
  [
    'PUT',
    /^\/v1\/dev\/([^/]+)$/,
    ({ world, part, body, response }) =>
      say(response, 200, schemas.DevState, world.beatDev(part, schemas.DevBeat.parse(body).files)),
  ],
  [
    'DELETE',
    /^\/v1\/dev\/([^/]+)$/,
    ({ world, part, response }) => say(response, 200, schemas.DevEnd, world.endDev(part)),
  ],
  [
    'POST',
    /^\/v1\/releases$/,
    ({ world, body, response }) =>
      say(response, 200, schemas.CutResult, world.cut(schemas.CutRequest.parse(body).source)),
  ],
  ['GET', /^\/v1\/releases$/, ({ world, response }) => say(response, 200, schemas.ReleaseList, world.releaseList())],
  [
    'GET',
    /^\/v1\/releases\/([^/]+)$/,
    ({ world, part, response }) => say(response, 200, schemas.ReleaseView, world.release(part)),
  ],
  [
    'POST',
    /^\/v1\/releases\/([^/]+)\/verify$/,
    ({ world, part, response }) => say(response, 200, schemas.VerifyResult, world.verify(part)),
  ],
  [
    'DELETE',
    /^\/v1\/releases\/([^/]+)$/,
    ({ world, part, response }) => say(response, 200, schemas.RemoveResult, world.remove(part)),
  ],
  [
    'POST',
    /^\/v1\/promotions$/,
    ({ world, body, response }) =>
      say(response, 202, schemas.PromotionView, world.promote(PromotionRequest.parse(body))),
  ],
  [
    'GET',
    /^\/v1\/promotions$/,
    ({ world, query, response }) =>
      say(
        response,
        200,
        schemas.PromotionList,
        world.history(query.get('environment'), Number(query.get('limit') ?? 50)),
      ),
  ],
  ['GET', /^\/v1\/promotions\/([^/]+)$/, poll],
  [
    'POST',
    /^\/v1\/promotions\/([^/]+)\/abort$/,
    ({ world, part, body, response }) =>
      say(response, 200, schemas.PromotionView, world.abort(part, schemas.AbortRequest.parse(body).reason)),
  ],
  [
    'GET',
    /^\/v1\/health$/,
    ({ world, query, response }) => say(response, 200, schemas.HealthReport, world.health(query.get('environment'))),
  ],
  ['GET', /^\/v1\/doctor$/, ({ world, response }) => say(response, 200, schemas.Findings, world.doctor)],
  [
    'GET',
    /^\/v1\/ledger$/,
    ({ world, query, response }) =>
      say(
        response,
        200,
        schemas.LedgerPage,
        world.ledgerPage(Number(query.get('after') ?? 0), Number(query.get('limit') ?? 100)),
      ),
  ],
  ['POST', /^\/v1\/up$/, up],
];

async function poll({ world, part, query, response }: Call): Promise<void> {
  const { waitMs = 0, seen } = schemas.PromotionQuery.parse(Object.fromEntries(query));
  if (seen !== undefined) await world.changed(part, seen, waitMs);
  say(response, 200, schemas.PromotionView, world.promotion(part));
}

/** The lines since the given time; with `follow` also what `world.log` adds, until the client goes. */
async function logs({ world, part, query, response }: Call): Promise<void> {
  world.environment(part);
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const write = (line: schemas.LogLine) => void response.write(`${JSON.stringify(schemas.LogLine.parse(line))}\n`);
  const since = Number(query.get('since') ?? 0);
  for (const line of world.logLines.filter(({ at }) => Date.parse(at) >= since)) write(line);
  if (query.get('follow') !== 'true') response.end();
  else world.followers.add(write);
}

/** `world.upLines`, then the status and what `up` promoted; `world.upError` instead, when it is set. */
async function up({ world, body, response }: Call): Promise<void> {
  const { promote } = schemas.UpRequest.parse(body);
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const write = (line: unknown) => void response.write(`${JSON.stringify(schemas.UpLine.parse(line))}\n`);
  for (const text of world.upLines) write({ at: new Date().toISOString(), text });
  if (world.upBreaks-- > 0) {
    // What was written so far still arrives.
    await new Promise<void>((resolve) => response.write('\n', () => resolve()));
    response.destroy();
    return;
  }
  if (world.upError) write({ error: toErrorDocument(world.upError) });
  else write({ status: world.status(), promotions: promote ? world.all().filter(({ state }) => isFinal(state)) : [] });
  response.end();
}

function say<T extends z.ZodType>(response: ServerResponse, status: number, schema: T, value: z.input<T>): void {
  const text = JSON.stringify(schema.parse(value));
  response.writeHead(status, { 'content-type': 'application/json' }).end(text);
}

function sayError(response: ServerResponse, status: number, error: unknown): void {
  const text = JSON.stringify({ error: toErrorDocument(error) });
  response.writeHead(status, { 'content-type': 'application/json' }).end(text);
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text ? JSON.parse(text) : undefined;
}

/** A digest made of one digit: releases that tests can tell apart at a glance. */
export const digestOfDigit = (digit: string): Digest => `sha256:${digit.repeat(64)}`;
