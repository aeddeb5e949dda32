import type { Handlers } from '@soundbite/client/operations.ts';
import { contractApp, refuseTheRest } from '@soundbite/client/serving/app.ts';
import type { Authority, Known } from '@soundbite/client/serving/authority.ts';
import { type PageDoor, pageDoor, servePageDoor } from '@soundbite/client/serving/page-door.ts';
import { hintingFor } from '@soundbite/model';
import type { Hono } from 'hono';
import type { ControlPlane } from '../control-plane.ts';
import type { PageSource } from '../page-source.ts';
import { serveApprovals } from './approval-page.ts';
import { serveAssets } from './built-page.ts';
import { serveHome, showNothing } from './home-page.ts';
import { showError } from './page-frame.ts';

/** How far back log lines go (ms) if the request names no time. */
const logsBefore = 10 * 60_000;

/** The HTTP API of the control plane. What can be asked, and how, is the client's table of operations. */
export function httpApp(plane: ControlPlane, authority: Authority, source: PageSource): Hono<Known> {
  const door = pageDoor(authority);
  const app = contractApp({ handlers: handlersOf(plane, door, source), authority });
  app.get('/credentials/:environment', async (c) =>
    c.json(
      await plane.credentials.answer(c.req.param('environment'), c.req.query('part'), c.req.header('authorization')),
    ),
  );
  serveApprovals(app, plane, authority);
  servePageDoor(app, door, authority, (error, c) => showError(c, 'SoundBite', error));
  serveHome(app, plane, authority, source);
  serveAssets(app, source);
  return refuseTheRest(app, showNothing);
}

/** Names in a query; none when absent. */
const namesIn = (text: string | undefined) => text?.split(',') ?? [];

/** Every operation, by what it is about. */
const handlersOf = (plane: ControlPlane, door: PageDoor, source: PageSource): Handlers => ({
  ...overall(plane),
  ...ofEnvironments(plane),
  ...ofDev(plane),
  ...ofDemo(plane),
  ...ofReleases(plane),
  ...ofEvidence(plane),
  ...ofFlow(plane),
  ...ofPromotions(plane),
  ...ofPeople(plane),
  createPageLink({ actor }) {
    // Whoever asks for a link opens the page in a moment: it is built meanwhile.
    void source.ready(0);
    return door.link(actor);
  },
  getAsker: ({ actor: { name, person, role, environments } }) => ({
    ...{ name, person, role },
    environments: [...environments],
  }),
});

/** Reads fail at once if the database is away. Changes, and followers of a promotion, wait for it. */
const readingOf = ({ engine }: ControlPlane) => engine.database.whileAnswering;

function overall(plane: ControlPlane) {
  const reading = readingOf(plane);
  return {
    getStatus: ({ query }) => reading(() => plane.status(namesIn(query.environment))),
    getOverview: ({ query }) => reading(() => plane.overview(query)),
    findCommits: ({ query }) => reading(() => plane.commits(query)),
    getTraffic: ({ query }) => reading(() => plane.traffic(query)),
    getHealth: ({ query }) => reading(() => plane.health(namesIn(query.environment))),
    runDoctor: ({ query }) => plane.doctor(namesIn(query.environment)),
    readLedger: ({ query }) => reading(async () => ({ entries: await plane.engine.ledger(query.after, query.limit) })),
    searchLedger: ({ query }) => reading(() => plane.engine.searchLedger(query)),
    verifyLedger: () => reading(() => plane.ledgerChain()),
    bringUp: async ({ body, actor }) => plane.up(body, actor),
    followEvents: async ({ query: { after = null, follow }, signal }) =>
      plane.engine.events({ after, follow: follow === 'true', signal }),
  } satisfies Partial<Handlers>;
}

function ofEnvironments(plane: ControlPlane) {
  const reading = readingOf(plane);
  return {
    listEnvironments: () => reading(async () => ({ environments: await plane.environments() })),
    getEnvironment: ({ path }) => reading(() => plane.environment(path.name)),
    lookAtAccount: ({ path }) => hintingFor(path.name, () => plane.account(path.name)),
    explainEnvironment: ({ path }) => reading(() => plane.why(path.name)),
    compareEnvironments: ({ query }) => reading(() => plane.diff(query)),
    planPromotion: ({ path, query, actor }) =>
      hintingFor(path.name, () => reading(() => plane.plan(path.name, query.release, actor.name))),
    validateEnvironment: ({ path }) => hintingFor(path.name, () => reading(() => plane.validate(path.name))),
    readLogs: ({ path, query: { since = Date.now() - logsBefore, follow }, signal }) =>
      hintingFor(path.name, () => plane.logs(path.name, since, follow === 'true', signal)),
    sealAdoption: ({ path }) => hintingFor(path.name, () => plane.adoption(path.name)),
    handBackEnvironment: ({ path, body, actor }) =>
      hintingFor(path.name, () => plane.handBack(path.name, { ...body, actor: actor.name })),
    bootstrapEnvironment: ({ path, body }) => hintingFor(path.name, () => plane.bootstrap(path.name, body)),
    destroyEnvironment: ({ path, body, actor }) =>
      hintingFor(path.name, () => plane.destroy(path.name, { ...body, actor: actor.name })),
    takeOverEnvironment: ({ path, body, actor }) =>
      hintingFor(path.name, () => plane.takeOver({ environment: path.name, ...body, actor: actor.name })),
    accessEnvironment: ({ path }) => hintingFor(path.name, () => plane.access(path.name)),
  } satisfies Partial<Handlers>;
}

const ofDev = ({ dev, devOffers }: ControlPlane) =>
  ({
    listDev: () => ({ environments: devOffers() }),
    beginDev: ({ path }) => hintingFor(path.name, () => dev.begin(path.name)),
    beatDev: ({ path, body }) => dev.beat(path.id, body.files),
    async endDev({ path }) {
      await dev.end(path.id);
      return { session: path.id };
    },
  }) satisfies Partial<Handlers>;

const ofDemo = ({ demos }: ControlPlane) =>
  ({
    getDemo: () => demos.view(),
    startDemo: ({ body, actor }) => demos.start(body, actor.name),
    stopDemo: () => demos.stop(),
  }) satisfies Partial<Handlers>;

const ofReleases = (plane: ControlPlane) =>
  ({
    cutRelease: ({ body, actor }) => plane.cut({ ...body, actor: actor.name }),
    listReleases: () => readingOf(plane)(() => plane.releases()),
    getMatrix: ({ query }) => readingOf(plane)(() => plane.matrix(query)),
    getRelease: ({ path }) => plane.release(path.digest),
    listComponents: ({ path }) => plane.components(path.digest),
    verifyRelease: ({ path }) => plane.verify(path.digest),
    makeImage: ({ path, body }) => plane.makeImage(path.digest, body),
    pushRelease: ({ path }) => plane.push(path.digest),
    removeRelease: ({ path }) => plane.remove(path.digest),
  }) satisfies Partial<Handlers>;

function ofEvidence(plane: ControlPlane) {
  const reading = readingOf(plane);
  return {
    addEvidence: ({ path, query, body, actor }) =>
      plane.addEvidence(path.digest, { ...query, actor: actor.name }, body),
    listEvidence: ({ path }) => reading(() => plane.evidenceOf(path.digest)),
    getEvidence: ({ path, query }) => reading(() => plane.evidence(path.id, query.file === 'true')),
  } satisfies Partial<Handlers>;
}

function ofFlow(plane: ControlPlane) {
  const reading = readingOf(plane);
  return {
    listFreezes: ({ query }) => reading(() => plane.freezes(query.environment)),
    addFreeze: ({ path, body, actor }) => plane.freeze(path.name, body, actor.name),
    removeFreeze: ({ path, actor }) => plane.removeFreeze(path.id, actor.name),
    blockRelease: ({ path, body, actor }) => plane.block(path.digest, body, actor.name),
    unblockRelease: ({ path, body, actor }) => plane.unblock(path.digest, body, actor.name),
    listTaints: ({ query }) => reading(() => plane.taints(query.environment)),
    acceptTaints: ({ path, body, actor }) => plane.acceptTaints(path.name, body, actor.name),
    holdEnvironment: ({ path, body, actor }) => plane.hold(path.name, body, actor.name),
    resumeEnvironment: ({ path, body, actor }) =>
      plane.resume(path.name, { ...body, ender: { name: actor.name, isAdmin: actor.role === 'admin' } }),
  } satisfies Partial<Handlers>;
}

function ofPromotions(plane: ControlPlane) {
  const reading = readingOf(plane);
  return {
    requestPromotion: ({ body, actor }) =>
      hintingFor(body.environment, () => plane.promote({ ...body, actor: actor.name, role: actor.role }, actor)),
    listPromotions: ({ query }) => reading(() => plane.promotions(query)),
    getPromotion: ({ path, query }) => plane.engine.view(path.id, query.seen, query.waitMs),
    getTimeline: ({ path }) => reading(() => plane.timeline(path.id)),
    decidePromotion: ({ path, body, actor }) => plane.decide(path.id, body, actor),
    createApprovalLink: ({ path, body, actor }) => plane.links.create(path.id, body, actor),
    abortPromotion: ({ path, body, actor }) =>
      plane.engine.abort(path.id, body.reason ?? `aborted by ${actor.name}`, actor.name),
  } satisfies Partial<Handlers>;
}

const ofPeople = ({ people }: ControlPlane) =>
  ({
    createToken: ({ body, actor }) => people.createToken(body, actor.name),
    listTokens: async () => ({ tokens: await people.tokens() }),
    revokeToken: ({ path, query, actor }) => people.revokeToken(path.token, actor.name, query.created),
    readAccesses: async ({ query }) => ({
      accesses: await people.accesses({ ...query, refused: query.refused === 'true' }),
    }),
  }) satisfies Partial<Handlers>;
