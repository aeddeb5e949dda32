import { isLoopbackHost, SoundBiteError, toErrorDocument } from '@soundbite/model';
import type { CredentialsEndpoint } from '../world/credentials.ts';

const starting = {
  error: { code: 'control-plane-starting', message: 'the control plane is starting', hint: 'try again in a moment' },
};

/** The whole API's answer to such a Host. */
const foreign = {
  error: toErrorDocument(
    new SoundBiteError('host-refused', 'the Host header names another machine', {
      hint: 'use 127.0.0.1, localhost or [::1], at any port',
    }),
  ),
};

/**
 * Answers before the control plane is ready. Service processes get credentials as soon as these are available: a
 * promotion that continues after a restart would otherwise find its new version without any.
 */
export function whileStarting(credentials?: CredentialsEndpoint): (request: Request) => Response | Promise<Response> {
  return async (request) => {
    if (!isLoopbackHost(request.headers.get('host') ?? undefined)) return Response.json(foreign, { status: 421 });
    const { pathname, searchParams } = new URL(request.url);
    const environment = /^\/credentials\/([^/]+)$/.exec(pathname)?.[1];
    if (!credentials || environment === undefined) return Response.json(starting, { status: 503 });
    const authorization = request.headers.get('authorization') ?? undefined;
    try {
      return Response.json(
        await credentials.answer(decodeURIComponent(environment), searchParams.get('part') ?? undefined, authorization),
      );
    } catch (error) {
      const document = toErrorDocument(error);
      return Response.json({ error: document }, { status: document.source === 'user' ? 401 : 503 });
    }
  };
}
