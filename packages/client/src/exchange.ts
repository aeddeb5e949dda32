import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Sent {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An HTTP answer whose body is still to be read: as chunks, or whole. */
export interface Received {
  readonly url: string;
  readonly status: number;
  readonly body: IncomingMessage;
  text(): Promise<string>;
}

/**
 * One request over a connection of its own, without any limit of time: `fetch` gives up an answer after five silent minutes, and whether a control plane
 * still lives is asked in another way (see life.ts). Errors: Node's, with their code.
 */
export function exchange(url: URL, { method, headers = {}, body, signal }: Sent): Promise<Received> {
  return new Promise((resolve, reject) => {
    // A kept connection may be closed by the other side in the moment in which it is used again.
    const outgoing = request(url, { method, headers, agent: false, ...(signal ? { signal } : {}) });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) =>
      resolve({ url: url.href, status: incoming.statusCode ?? 0, body: incoming, text: () => text(incoming) }),
    );
    outgoing.end(body);
  });
}
