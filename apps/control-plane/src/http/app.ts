import type { Handlers } from '@soundbite/client/operations.ts';
import { contractApp, refuseTheRest } from '@soundbite/client/serving/app.ts';
import type { Hono } from 'hono';
import type { ControlPlane } from '../control-plane.ts';

/** Log lines of this long ago (ms) are given to those who name no time. */
const logsBefore = 10 * 60_000;

/** The HTTP API of the control plane. What can be asked, and how, is the client's table of operations. */
export function httpApp(plane: ControlPlane, token: string): Hono {
  const app = contractApp({ handlers: handlersOf(plane), token });
  app.get('/credentials/:environment', async (c) =>
    c.json(
      await plane.credentials.answer(c.req.param('environment'), c.req.query('part'), c.req.header('authorization')),
    ),
  );
  return refuseTheRest(app);
}

/** Names in a query; none when absent. */
const namesIn = (text: string | undefined) => text?.split(',') ?? [];

function handlersOf(plane: ControlPlane): Handlers {
  return {
    getStatus: ({ query }) => plane.status(namesIn(query.environment)),
    getHealth: ({ query }) => plane.health(namesIn(query.environment)),
    runDoctor: ({ query }) => plane.doctor(namesIn(query.environment)),
    readLedger: async ({ query }) => ({ entries: await plane.engine.ledger(query.after, query.limit) }),
    bringUp: async ({ body }) => plane.up(body),

    listEnvironments: async () => ({ environments: await plane.environments() }),
    getEnvironment: ({ path }) => plane.environment(path.name),
    planPromotion: ({ path, query }) => plane.plan(path.name, query.release),
    validateEnvironment: ({ path }) => plane.validate(path.name),
    readLogs: ({ path, query: { since = Date.now() - logsBefore, follow }, signal }) =>
      plane.logs(path.name, since, follow === 'true', signal),
    bootstrapEnvironment: ({ path }) => plane.bootstrap(path.name),
    destroyEnvironment: ({ path, body }) => plane.destroy(path.name, body.confirm),
    takeOverEnvironment: ({ path, body }) => plane.takeOver({ environment: path.name, ...body }),
    accessEnvironment: ({ path }) => plane.access(path.name),

    beginDev: ({ path }) => plane.dev.begin(path.name),
    beatDev: ({ path, body }) => plane.dev.beat(path.id, body.files),
    async endDev({ path }) {
      await plane.dev.end(path.id);
      return { session: path.id };
    },

    cutRelease: ({ body }) => plane.cut(body.source),
    listReleases: () => plane.releases(),
    getRelease: ({ path }) => plane.release(path.digest),
    verifyRelease: ({ path }) => plane.verify(path.digest),
    removeRelease: ({ path }) => plane.remove(path.digest),

    requestPromotion: ({ body }) => plane.promote(body),
    listPromotions: async ({ query }) => ({ promotions: await plane.promotions(query.environment, query.limit) }),
    getPromotion: ({ path, query }) => plane.engine.view(path.id, query.seen, query.waitMs),
    abortPromotion: ({ path, body }) => plane.engine.abort(path.id, body.reason ?? 'aborted by a person'),
  };
}
