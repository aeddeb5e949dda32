import { readBuild } from '../assets.ts';
import { createApp } from '../http/app.ts';
import { openMetrics } from '../http/metrics.ts';
import { openParts } from '../parts.ts';
import type { Settings } from '../settings.ts';
import { listen } from './server.ts';

/** Runs the API as a process. The function that is returned ends it: what is in flight is finished first. */
export async function runApi(settings: Settings): Promise<() => Promise<void>> {
  const parts = openParts(settings, 'api');
  const { environment, release } = settings;
  const metrics = openMetrics({ part: 'api', environment, release }, true);
  const app = createApp({ ...parts, build: await readBuild(), metrics });
  const server = await listen((request) => app.fetch(request, {}), settings);
  parts.log.info({ port: server.port }, 'api listens');
  return async () => {
    await server.close();
    await parts.close();
    parts.log.info('api ended');
  };
}
