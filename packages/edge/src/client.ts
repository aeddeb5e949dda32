import { Agent, request } from 'node:http';
import type { Edge, EdgeRoute, ErrorDocument, RequestPage, Signals } from '@soundbite/model';
import { receivedError, SoundBiteError } from '@soundbite/model/errors.ts';

const withinMs = 10_000;

/**
 * The edge process as the ports *Edge* and *Signals*. `url` is its admin API, `token` its EDGE_TOKEN.
 * Errors: those of the ports, and `edge-down` when it does not answer within 10 s.
 */
export function edgeClient(url: string, token: string): Edge & Signals {
  const agent = new Agent({ keepAlive: true });
  const call = (method: string, path: string, body?: unknown) => send(`${url}${path}`, { method, token, agent, body });
  // Shared by concurrent callers: one look at five environments asks for it a dozen times. After a change it is read again.
  let reading: Promise<readonly (EdgeRoute & { readonly url: string })[]> | null = null;
  const change = async (method: string, environment: string, route?: EdgeRoute): Promise<unknown> => {
    try {
      return await call(method, `/routes/${encodeURIComponent(environment)}`, route);
    } finally {
      reading = null;
    }
  };
  const read = () => {
    const mine = (call('GET', '/routes') as NonNullable<typeof reading>).finally(() => {
      if (reading === mine) reading = null;
    });
    return mine;
  };
  return {
    setRoute: async (route) => (await change('PUT', route.environment, route)) as { readonly url: string },
    removeRoute: async (environment) => void (await change('DELETE', environment)),
    async routes() {
      reading ??= read();
      return reading;
    },
    requests: async (environment, { time, cursor }) => {
      const query = new URLSearchParams({ environment, time: String(time) });
      if (cursor !== undefined) query.set('cursor', String(cursor));
      return (await call('GET', `/requests?${query}`)) as RequestPage;
    },
  };
}

interface Call {
  readonly method: string;
  readonly token: string;
  readonly agent: Agent;
  readonly body: unknown;
}

/** All calls are idempotent: one that met a kept connection which the edge had closed is made again on a new one. */
async function send(url: string, call: Call): Promise<unknown> {
  const first = await once(url, call, call.agent).catch((error: Error) => error);
  const answer = first instanceof Error ? await once(url, call, false).catch((error: Error) => error) : first;
  if (answer instanceof Error) {
    const hint = 'run `soundbite up`, then `soundbite doctor`';
    throw new SoundBiteError('edge-down', `the edge at ${url} does not answer: ${answer.message}`, {
      hint,
      cause: answer,
    });
  }
  const document: unknown = JSON.parse(answer.text);
  if (answer.status === 200) return document;
  throw receivedError((document as { readonly error: ErrorDocument }).error);
}

function once(url: string, { method, token, body }: Call, agent: Agent | false) {
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = request(url, { method, agent, headers, timeout: withinMs }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${withinMs} ms`)));
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
