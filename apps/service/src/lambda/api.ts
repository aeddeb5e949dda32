import { readBuild } from '../assets.ts';
import { createApp } from '../http/app.ts';
import { openMetrics } from '../http/metrics.ts';
import { openParts } from '../parts.ts';
import { readSettings } from '../settings.ts';
import { type GatewayAnswer, type GatewayEvent, outsideOf, toAnswer, toRequest } from './gateway.ts';

export type ApiHandler = (event: GatewayEvent) => Promise<GatewayAnswer>;

/** The API as a Lambda function behind an HTTP API (payload 2.0). Made once for each instance. */
export async function createApiHandler(): Promise<ApiHandler> {
  const settings = readSettings(process.env);
  const { environment, release } = settings;
  const metrics = openMetrics({ part: 'api', environment, release }, false);
  const app = createApp({ ...openParts(settings, 'api'), build: await readBuild(), metrics });
  return async (event) => toAnswer(await app.fetch(toRequest(event), outsideOf(event)));
}
