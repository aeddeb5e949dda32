import { readBuild } from '../assets.ts';
import { openMetrics } from '../http/metrics.ts';
import { openParts } from '../parts.ts';
import type { Settings } from '../settings.ts';
import { createConsumer } from '../worker/consumer.ts';
import { sweepSoundbites } from '../worker/sweep.ts';
import { listen } from './server.ts';
import { createWorkerApp } from './worker-app.ts';

const SWEEP_EVERY_MS = 15_000;

/** Runs the worker as a process: it polls, sweeps and answers its deployer. The function that is returned ends it, jobs first. */
export async function runWorker(settings: Settings): Promise<() => Promise<void>> {
  const parts = openParts(settings, 'worker');
  const { environment, release } = settings;
  const metrics = openMetrics({ part: 'worker', environment, release }, true);
  const consumer = createConsumer(parts, (done, ms) =>
    metrics.jobs.observe({ outcome: done ? 'done' : 'given back' }, ms / 1000),
  );
  // Once: an engine that is asked again and again whether it is there would never rest.
  const loaded = parts.engine().then((engine) => engine.warm());
  loaded.catch((error: unknown) => parts.log.error({ error }, 'the engine could not be loaded'));
  const app = createWorkerApp({ ...parts, build: await readBuild(), metrics }, consumer, loaded);
  const server = await listen((request) => app.fetch(request, {}), settings);
  parts.log.info({ port: server.port, consuming: settings.consuming }, 'worker listens');
  if (settings.consuming) consumer.start();

  let sweeping: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    if (!consumer.consuming) return;
    sweeping = sweepSoundbites(parts).catch((error: unknown) => parts.log.error({ error }, 'a sweep failed'));
  }, SWEEP_EVERY_MS);
  return async () => {
    clearInterval(timer);
    await consumer.drain();
    await sweeping;
    await server.close();
    await parts.close();
    parts.log.info('worker ended');
  };
}
