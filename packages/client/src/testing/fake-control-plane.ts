import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { type Digest, isFinal, type LogLine, logLevelOf, mustBeAllowedGlass } from '@soundbite/model';
import type { Hono } from 'hono';
import type { Handlers } from '../operations.ts';
import type * as schemas from '../schemas.ts';
import { contractApp, refuseTheRest } from '../serving/app.ts';
import type { Authority, Known } from '../serving/authority.ts';
import { errorAnswer } from '../serving/errors.ts';
import { type PageDoor, pageDoor, servePageDoor } from '../serving/page-door.ts';
import { type FakeWorld, makeWorld } from './fake-world.ts';

/**
 * A control plane in memory, for tests of its clients. It holds the contract that the real one holds (contract.ts, run over both). What it promises beside
 * that (and fake-control-plane.test.ts holds it to):
 *
 * 1. It listens on loopback at a free port. Every `/v1` route wants the bearer token, else 401 `unauthorized`.
 * 2. It is served by what serves the real one (serving/app.ts): requests are read and refused alike. An answer that breaks the contract is a 500 here.
 * 3. Environments in order, as `makeWorld` sets them up: this repository's, or as many others as a test gives it. What is or was live is in its store.
 * 4. Admission, plan, order of the queue and the way back are the model's, as in the engine. An environment that is not well is refused at once.
 * 5. A promotion moves only when the test says so: `world.advance(id)` ends its present step, `world.end(id, state, reason)` ends all of it; with `world.promotions.auto`
 *    it goes through by itself. A stop is heard at once. Every move raises `revision`.
 * 6. GET /v1/promotions/:id with `seen` waits for another revision, at most `waitMs`.
 * 7. `stop()` breaks all connections and keeps the world; `start()` listens again, at another port unless one is named: what a restart looks like from outside.
 * 8. Tokens are the model's; `world.people` says who asked for what. Its own token is an admin's, named `local`.
 * 9. A link lets a browser in; there is no page behind it, unless a test adds its routes (`beside`).
 * 10. Every request is remembered in `requests` ("METHOD path").
 */
export async function startFake(
  world: FakeWorld = makeWorld(),
  beside: (app: Hono<Known>, authority: Authority) => void = () => undefined,
): Promise<FakeControlPlane> {
  const requests: string[] = [];
  const token = `token-${randomUUID()}`;
  let server: Server | null = null;
  const fake: FakeControlPlane = {
    world,
    requests,
    token,
    url: '',
    async start(port = 0) {
      const authority = world.people.authority(token);
      const door = pageDoor(authority);
      const handlers = handlersOf(world, door, () => next.closeAllConnections());
      const { beatMs } = world;
      const app = contractApp({ handlers: refusing(world, handlers), authority, holdAnswers: true, beatMs });
      servePageDoor(app, door, authority, errorAnswer);
      beside(app, authority);
      const listener = getRequestListener(refuseTheRest(app).fetch);
      const next = createServer((request, response) => {
        requests.push(`${request.method} ${request.url}`);
        void listener(request, response);
      });
      await new Promise<void>((resolve) => next.listen(port, '127.0.0.1', resolve));
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
  start(port?: number): Promise<void>;
  stop(): Promise<void>;
}

/** The world's answers to the contract's operations; `breakOff` cuts all connections. */
function handlersOf(world: FakeWorld, door: PageDoor, breakOff: () => void): Handlers {
  return {
    getStatus: ({ query }) => world.status(listOf(query.environment)),
    getOverview: ({ query }) => world.overview(query),
    findCommits: ({ query }) => world.commits(query),
    getTraffic: ({ query }) => world.traffic.list(query),
    getHealth: ({ query }) => world.health(listOf(query.environment)),
    runDoctor({ query }) {
      const { environments } = world.status(listOf(query.environment));
      const others = environments.flatMap(({ name, findings }) =>
        findings.map((finding) => ({ ...finding, name: `${name} ${finding.name}` })),
      );
      return { ok: world.doctor.ok && others.length === 0, findings: [...world.doctor.findings, ...others] };
    },
    readLedger: ({ query }) => world.ledgerPage(query.after, query.limit),
    searchLedger: ({ query }) => world.ledgerNewest(query),
    verifyLedger: () => world.ledgerChain(),
    bringUp: async ({ body }) => up(world, body, breakOff),
    followEvents: async ({ query: { after, follow }, signal }) => world.events.follow(after, follow === 'true', signal),

    listEnvironments: () => ({ environments: world.names.map((name) => world.environment(name)) }),
    getEnvironment: ({ path }) => world.environment(path.name),
    lookAtAccount: ({ path }) => world.account(path.name),
    explainEnvironment: ({ path }) => world.why(path.name),
    compareEnvironments: ({ query }) => world.diff(query),
    planPromotion: ({ path, query }) => world.plan(path.name, query.release ?? null),
    validateEnvironment: ({ path }) => world.validate(path.name),
    async readLogs({ path, query, signal }) {
      world.demandLogs(path.name);
      return logs(world, query.since ?? 0, query.follow === 'true', signal);
    },
    sealAdoption: ({ path }) => world.adoption(path.name),
    handBackEnvironment: ({ path, body, actor }) => world.handBack(path.name, { ...body, actor: actor.name }),
    bootstrapEnvironment: ({ path, body }) => world.bootstrap(path.name, body),
    destroyEnvironment: ({ path, body, actor }) => world.destroy(path.name, { ...body, actor: actor.name }),
    takeOverEnvironment: ({ path, body }) => world.takeOver(path.name, body.confirm),
    accessEnvironment: ({ path }) => world.access(path.name),

    getDemo: () => world.demo.view(),
    startDemo: ({ body, actor }) => world.demo.start(body, actor.name),
    stopDemo: () => world.demo.stop(),

    listDev: () => world.devOffers(),
    beginDev: ({ path }) => world.startDev(path.name),
    beatDev: ({ path, body }) => world.dev.beat(path.id, body.files),
    endDev: ({ path }) => world.dev.end(path.id),

    cutRelease: ({ body, actor }) => world.cut(body.source, { ...body, actor: actor.name }),
    listReleases: () => world.releaseList(),
    getMatrix: ({ query }) => world.matrix(query),
    getRelease: ({ path }) => world.release(path.digest),
    listComponents: ({ path }) => world.components(path.digest),
    verifyRelease: ({ path }) => world.verify(path.digest),
    makeImage: ({ path, body }) => world.makeImage(path.digest, body.environment),
    pushRelease: ({ path }) => world.push(path.digest),
    removeRelease: ({ path }) => world.remove(path.digest),

    addEvidence: ({ path, query, body, actor }) =>
      world.addEvidence(path.digest, { ...query, actor: actor.name }, body),
    listEvidence: ({ path }) => world.evidenceOf(path.digest),
    getEvidence: ({ path, query }) => world.evidence(path.id, query.file === 'true'),

    listFreezes: ({ query }) => world.freezes(query.environment),
    addFreeze: ({ path, body, actor }) => world.freeze(path.name, body, actor.name),
    removeFreeze: ({ path, actor }) => world.removeFreeze(path.id, actor.name),

    listTaints: ({ query }) => world.taints(query.environment),
    acceptTaints: ({ path, body, actor }) => world.acceptTaints(path.name, body, actor.name),

    blockRelease: ({ path, body, actor }) => world.block(path.digest, body, actor.name),
    unblockRelease: ({ path, body, actor }) => world.unblock(path.digest, body, actor.name),
    holdEnvironment: ({ path, body, actor }) => world.hold(path.name, body, actor.name),
    resumeEnvironment: ({ path, body, actor }) =>
      world.resume(path.name, { name: actor.name, isAdmin: actor.role === 'admin' }, body.hold),

    requestPromotion: ({ body, actor }) => {
      if (body.breakGlass) mustBeAllowedGlass(body, actor);
      return world.promotions.ask({ ...body, actor: actor.name, role: actor.role });
    },
    listPromotions: ({ query }) => world.promotionList(query),
    async getPromotion({ path, query: { seen, waitMs = 0 } }) {
      if (seen !== undefined) await world.promotions.changed(path.id, seen, waitMs);
      return world.promotion(path.id);
    },
    getTimeline: ({ path }) => world.timeline(path.id),
    createApprovalLink: ({ path, body, actor }) => world.decisions.link(path.id, body, actor),
    decidePromotion: ({ path, body, actor }) => world.decisions.say(path.id, body, actor),
    abortPromotion: ({ path, body, actor }) =>
      world.promotions.abort(path.id, body.reason ?? `aborted by ${actor.name}`, actor.name),

    createToken: ({ body, actor }) => world.people.create(body, actor.name),
    listTokens: () => world.people.list(),
    revokeToken: ({ path, query, actor }) => world.people.revoke(path.token, actor.name, query.created),
    getAsker: ({ actor: { name, person, role, environments } }) => ({
      ...{ name, person, role },
      environments: [...environments],
    }),
    createPageLink({ actor }) {
      if (world.linkRefusal) throw world.linkRefusal;
      return door.link(actor);
    },
    readAccesses: ({ query }) => world.people.accesses(query),
  };
}

/** The same, but all throw `world.refusal` while it is set. */
function refusing(world: FakeWorld, handlers: Handlers): Handlers {
  const guarded = Object.entries(handlers).map(([name, handle]) => [
    name,
    (asked: never) => {
      if (world.refusal) throw world.refusal;
      return (handle as (asked: never) => unknown)(asked);
    },
  ]);
  return Object.fromEntries(guarded) as Handlers;
}

/** The lines since the given time; with `follow` also what `world.log` adds, until the client goes. */
async function* logs(world: FakeWorld, since: number, follow: boolean, signal: AbortSignal) {
  const levelled = (line: LogLine): schemas.LogLine => ({ ...line, level: logLevelOf(line.text) });
  yield* world.logLines.filter(({ at }) => Date.parse(at) >= since).map(levelled);
  if (!follow) return;
  const waiting: LogLine[] = [];
  let wake = () => {};
  const tell = (line: LogLine) => {
    waiting.push(line);
    wake();
  };
  world.followers.add(tell);
  signal.addEventListener('abort', () => wake());
  while (!signal.aborted) {
    yield* waiting.splice(0).map(levelled);
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  world.followers.delete(tell);
}

/** `world.upLines`, then the status and what `up` promoted; `world.upError` instead, when it is set. */
async function* up(
  world: FakeWorld,
  { promote, environments }: schemas.UpRequest,
  breakOff: () => void,
): AsyncGenerator<schemas.UpLine> {
  world.status(environments);
  world.upAsked.push(environments ?? []);
  for (const text of world.upLines) yield { at: new Date().toISOString(), text };
  if (world.upBreaks-- > 0) {
    // What was written so far still arrives.
    await new Promise((resolve) => setTimeout(resolve, 20));
    breakOff();
    return;
  }
  if (world.upError) throw world.upError;
  const promotions = promote ? world.all().filter(({ state }) => isFinal(state)) : [];
  yield { status: world.status(), promotions, stopped: world.upStopped };
}

const listOf = (names: string | undefined) => names?.split(',');

/** A digest made of one digit: releases that tests can tell apart at a glance. */
export const digestOfDigit = (digit: string): Digest => `sha256:${digit.repeat(64)}`;
