import type { Hono } from 'hono';
import { VOICES } from '../engines/voices.ts';
import type { AppParts, AppTypes } from './context.ts';
import { readiness } from './readiness.ts';

/** The routes by which the service is looked at: what it is, how it is, what it speaks. */
export function operationRoutes(app: Hono<AppTypes>, parts: AppParts): void {
  const { settings, build, metrics } = parts;

  app.get('/health', (c) => c.json({ status: 'alive' }));

  app.get('/ready', async (c) => {
    const state = await readiness(parts);
    metrics.waiting.set({ state: 'waiting' }, state.jobs.waiting ?? Number.NaN);
    metrics.waiting.set({ state: 'in-flight' }, state.jobs.inFlight ?? Number.NaN);
    metrics.waiting.set({ state: 'dead' }, state.jobs.deadLetters ?? Number.NaN);
    return c.json(state, state.status === 'ready' ? 200 : 503);
  });

  app.get('/version', (c) => c.json({ release: settings.release, ...build, environment: settings.environment }));

  app.get('/voices', (c) =>
    c.json({ voices: VOICES.map(({ name, description, language }) => ({ name, description, language })) }),
  );

  app.get('/metrics', async (c) => {
    const text = await metrics.registry.metrics();
    return c.body(text, 200, { 'content-type': metrics.registry.contentType });
  });
}
