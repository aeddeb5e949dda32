import { createHash, timingSafeEqual } from 'node:crypto';
import { OpenAPIHono, z } from '@hono/zod-openapi';
import * as contract from '@soundbite/client';
import { Digest, PromotionRequest, SoundBiteError } from '@soundbite/model';
import { stream } from 'hono/streaming';
import type { ControlPlane } from '../control-plane.ts';
import { body, errorAnswer, refuseShape, route } from './answers.ts';
import { lines } from './lines.ts';

const named = { params: z.object({ name: z.string() }) };
const byId = { params: z.object({ id: z.string() }) };
const byDigest = { params: z.object({ digest: Digest }) };

/** The HTTP API: parses, calls the control plane, answers. The contract is the client's schemas. */
export function httpApp(plane: ControlPlane, token: string) {
  const app = new OpenAPIHono({ defaultHook: refuseShape });
  app.onError(errorAnswer);
  app.notFound((c) =>
    errorAnswer(
      new SoundBiteError('route-unknown', `there is no ${c.req.method} ${c.req.path}`, {
        source: 'user',
        mend: 'see /openapi.json',
      }),
      c,
    ),
  );
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  app.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'SoundBite control plane', version: '1' } });

  app.get('/health', (c) => c.json({ ok: true }));
  app.get('/credentials/:environment', async (c) =>
    c.json(
      await plane.credentials.answer(c.req.param('environment'), c.req.query('part'), c.req.header('authorization')),
    ),
  );
  app.use('/v1/*', async (c, next) => {
    if (!sameToken(c.req.header('authorization'), `Bearer ${token}`)) {
      throw new SoundBiteError('unauthorized', 'the bearer token is missing or wrong', {
        source: 'user',
        mend: 'the token is in .soundbite/control-plane.json',
      });
    }
    await next();
  });

  app.openapi(route('get', '/v1/status', 'State of all environments', contract.Status), async (c) =>
    c.json(await plane.status(), 200),
  );
  app.openapi(
    route('get', '/v1/health', 'Health in detail', contract.HealthReport, {
      query: z.object({ environment: z.string().optional() }),
    }),
    async (c) => c.json(await plane.health(c.req.valid('query').environment), 200),
  );
  app.openapi(
    route('get', '/v1/doctor', 'What is wrong with this machine and its accounts', contract.Findings),
    async (c) => c.json(await plane.doctor(), 200),
  );
  app.openapi(
    route('get', '/v1/ledger', 'Entries of the ledger', contract.LedgerPage, {
      query: z.object({
        after: z.coerce.number().int().min(0).default(0),
        limit: z.coerce.number().int().min(1).max(1000).default(200),
      }),
    }),
    async (c) =>
      c.json({ entries: await plane.engine.ledger(c.req.valid('query').after, c.req.valid('query').limit) }, 200),
  );

  app.openapi(route('get', '/v1/environments', 'Declarations and records', contract.EnvironmentList), async (c) =>
    c.json({ environments: await plane.environments() }, 200),
  );
  app.openapi(
    route('get', '/v1/environments/{name}', 'Declaration and record', contract.EnvironmentView, named),
    async (c) => c.json(await plane.environment(c.req.valid('param').name), 200),
  );
  app.openapi(
    route('get', '/v1/environments/{name}/plan', 'What a promotion would change', contract.Plan, {
      ...named,
      query: z.object({ release: Digest.optional() }),
    }),
    async (c) => c.json(await plane.plan(c.req.valid('param').name, c.req.valid('query').release), 200),
  );
  app.openapi(
    route('get', '/v1/environments/{name}/validate', 'Declared, recorded and running agree', contract.Findings, named),
    async (c) => c.json(await plane.validate(c.req.valid('param').name), 200),
  );
  app.openapi(
    route('post', '/v1/environments/{name}/bootstrap', 'Prepare an account', contract.BootstrapResult, named),
    async (c) => c.json(await plane.bootstrap(c.req.valid('param').name), 200),
  );
  app.openapi(
    route('post', '/v1/environments/{name}/destroy', 'Remove an environment', contract.DestroyResult, {
      ...named,
      ...body(contract.DestroyRequest),
    }),
    async (c) => c.json(await plane.destroy(c.req.valid('param').name, c.req.valid('json').confirm), 200),
  );

  app.openapi(
    route('post', '/v1/releases', 'Cut a release', contract.CutResult, body(contract.CutRequest)),
    async (c) => c.json(await plane.cut(c.req.valid('json').source), 200),
  );
  app.openapi(route('get', '/v1/releases', 'Releases, newest first', contract.ReleaseList), async (c) =>
    c.json(await plane.releases(), 200),
  );
  app.openapi(route('get', '/v1/releases/{digest}', 'One release', contract.ReleaseView, byDigest), async (c) =>
    c.json(await plane.release(c.req.valid('param').digest), 200),
  );
  app.openapi(
    route('post', '/v1/releases/{digest}/verify', 'Recompute all digests', contract.VerifyResult, byDigest),
    async (c) => c.json(await plane.verify(c.req.valid('param').digest), 200),
  );
  app.openapi(
    route('delete', '/v1/releases/{digest}', 'Take a release out of the store', contract.RemoveResult, byDigest),
    async (c) => c.json(await plane.remove(c.req.valid('param').digest), 200),
  );

  app.openapi(
    route('post', '/v1/promotions', 'Promote or roll back', contract.PromotionView, body(PromotionRequest), 202),
    async (c) => c.json(await plane.promote(c.req.valid('json')), 202),
  );
  app.openapi(
    route('get', '/v1/promotions', 'Promotions, newest first', contract.PromotionList, {
      query: z.object({
        environment: z.string().optional(),
        limit: z.coerce.number().int().min(1).max(500).default(50),
      }),
    }),
    async (c) => {
      const { environment, limit } = c.req.valid('query');
      return c.json(
        {
          promotions: await plane.engine.records.list({ limit, ...(environment === undefined ? {} : { environment }) }),
        },
        200,
      );
    },
  );
  app.openapi(
    route('get', '/v1/promotions/{id}', 'One promotion; a long poll with waitMs and seen', contract.PromotionView, {
      ...byId,
      query: contract.PromotionQuery,
    }),
    async (c) => {
      const { seen, waitMs } = c.req.valid('query');
      return c.json(await plane.engine.view(c.req.valid('param').id, seen, waitMs), 200);
    },
  );
  app.openapi(
    route('post', '/v1/promotions/{id}/abort', 'Stop and roll back', contract.PromotionView, {
      ...byId,
      ...body(contract.AbortRequest),
    }),
    async (c) =>
      c.json(
        await plane.engine.abort(c.req.valid('param').id, c.req.valid('json').reason ?? 'aborted by a person'),
        200,
      ),
  );

  app.openapi(
    route('post', '/v1/environments/{name}/dev', 'Serve an environment from source', contract.DevSession, named),
    async (c) => c.json(await plane.dev.begin(c.req.valid('param').name), 200),
  );
  app.openapi(
    route('put', '/v1/dev/{id}', 'Heartbeat of a session', contract.DevState, { ...byId, ...body(contract.DevBeat) }),
    async (c) => c.json(await plane.dev.beat(c.req.valid('param').id, c.req.valid('json').files), 200),
  );
  app.openapi(route('delete', '/v1/dev/{id}', 'End a session', z.object({ session: z.string() }), byId), async (c) => {
    await plane.dev.end(c.req.valid('param').id);
    return c.json({ session: c.req.valid('param').id }, 200);
  });

  app.get('/v1/environments/:name/logs', (c) => {
    const since = Number(c.req.query('since') ?? Date.now() - 10 * 60_000);
    const follow = c.req.query('follow') === 'true';
    c.header('content-type', 'application/x-ndjson');
    return stream(c, async (out) => {
      const stop = new AbortController();
      out.onAbort(() => stop.abort());
      await lines(out, plane.logs(c.req.param('name'), Number.isFinite(since) ? since : 0, follow, stop.signal));
    });
  });
  app.post('/v1/up', async (c) => {
    const { promote } = contract.UpRequest.parse(await c.req.json());
    c.header('content-type', 'application/x-ndjson');
    return stream(c, (out) => lines(out, plane.up(promote)));
  });
  return app;
}

/** Compares in constant time, whatever the lengths. */
function sameToken(given: string | undefined, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given ?? ''), digest(expected));
}
