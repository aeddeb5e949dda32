import { Hono } from 'hono';
import * as z from 'zod';
import { answerProblems, observed } from '../http/app.ts';
import { readBody } from '../http/body.ts';
import type { AppParts, AppTypes } from '../http/context.ts';
import { fieldProblem, HttpProblem } from '../http/problems.ts';
import { readiness } from '../http/readiness.ts';
import { isSameSecret } from '../http/rehearsal.ts';
import { handleBatch, WrongEventError } from '../worker/batch.ts';
import type { Consumer } from '../worker/consumer.ts';

/** An SQS event may hold ten messages of 256 KiB. */
const LARGEST_EVENT = 3_000_000;

/** The worker's small HTTP face, for its deployer only. `loaded` says whether the engine could be loaded at the start. */
export function createWorkerApp(parts: AppParts, consumer: Consumer, loaded: Promise<void>): Hono<AppTypes> {
  const { settings, build, metrics } = parts;
  const app = new Hono<AppTypes>();
  app.use(observed(parts));
  app.get('/health', (c) => c.json({ status: 'alive' }));
  app.get('/ready', async (c) => {
    const state = await readiness(parts, { engine: () => loaded });
    const { consuming, inFlight } = consumer;
    return c.json({ ...state, consuming, inFlight }, state.status === 'ready' ? 200 : 503);
  });
  app.get('/version', (c) => c.json({ release: settings.release, ...build, environment: settings.environment }));
  app.get('/metrics', async (c) =>
    c.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType }),
  );

  app.post('/invoke', async (c) => {
    authorise(c.req.header('authorization'));
    const event = await readBody(c.req.raw, LARGEST_EVENT, z.unknown());
    try {
      return c.json(await handleBatch(parts, event));
    } catch (error) {
      if (error instanceof WrongEventError) throw fieldProblem(422, 'wrong-event', 'body', `is ${error.message}`);
      throw error;
    }
  });

  app.put('/consuming', async (c) => {
    authorise(c.req.header('authorization'));
    const { consuming } = await readBody(c.req.raw, 1_000, z.strictObject({ consuming: z.boolean() }));
    if (consuming) consumer.start();
    else consumer.stop();
    return c.json({ consuming: consumer.consuming, inFlight: consumer.inFlight });
  });

  function authorise(header: string | undefined): void {
    const token = settings.controlToken;
    if (token !== undefined && header !== undefined && isSameSecret(header, `Bearer ${token}`)) return;
    throw new HttpProblem(401, 'no-control-token', 'authorization is not the bearer control token', {
      errors: [{ field: 'authorization', message: 'is not the bearer control token' }],
      headers: { 'www-authenticate': 'Bearer' },
    });
  }

  return answerProblems(app, parts);
}
