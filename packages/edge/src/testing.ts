import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { Agent, createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest, EdgeRoute, EdgeUpstream } from '@soundbite/model';

/** A digest of one repeated hex digit. */
export const releaseOfDigit = (digit: string): Digest => `sha256:${digit.repeat(64)}`;

/** A real HTTP server that stands for a version of the service. */
export interface Upstream {
  readonly server: Server;
  readonly url: string;
  readonly release: Digest;
  readonly seen: IncomingMessage[];
  close(): Promise<void>;
}

/** Answers its release, and how many bytes it got; or as `listener` does. */
export async function startUpstream(digit: string, listener?: RequestListener, port = 0): Promise<Upstream> {
  const seen: IncomingMessage[] = [];
  const answer: RequestListener = (incoming, response) => {
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    incoming.on('end', () => {
      response.setHeader('x-soundbite-release', releaseOfDigit(digit));
      response.end(JSON.stringify({ digit, bytes, url: incoming.url }));
    });
  };
  const server = createServer((incoming, response) => {
    seen.push(incoming);
    (listener ?? answer)(incoming, response);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    server,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    release: releaseOfDigit(digit),
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A version that stays away: nobody listens at its address, and nobody will, since it is the near end of a connection. */
async function goneUpstream(digit: string) {
  const far = await startUpstream(digit);
  const near = connect(Number(new URL(far.url).port), '127.0.0.1');
  await once(near, 'connect');
  const close = async () => {
    near.destroy();
    await far.close();
  };
  return { url: `http://127.0.0.1:${near.localPort}`, release: releaseOfDigit(digit), close };
}

/** Starts upstreams for a test, and ends all of them. */
export function upstreams() {
  const open: Pick<Upstream, 'close'>[] = [];
  return {
    async gone(digit: string) {
      const upstream = await goneUpstream(digit);
      open.push(upstream);
      return upstream;
    },
    async start(...given: Parameters<typeof startUpstream>): Promise<Upstream> {
      const upstream = await startUpstream(...given);
      open.push(upstream);
      return upstream;
    },
    async end(): Promise<void> {
      await Promise.all(open.splice(0).map((upstream) => upstream.close()));
    },
  };
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const upstream = await startUpstream('0');
  await upstream.close();
  return Number(new URL(upstream.url).port);
}

export function http(upstream: { readonly url: string; readonly release: Digest }, share: number): EdgeUpstream {
  return { kind: 'http', url: upstream.url, release: upstream.release, share };
}

export function routeTo(port: number, upstreams: readonly EdgeUpstream[], generation = 1): EdgeRoute {
  return { environment: 'staging', port, generation, upstreams };
}

export interface EdgeAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export interface Sending {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
}

/** One request as it stands: no retry and no normalised path, as `fetch` has them. */
export function call(url: string, path: string, sending: Sending = {}): Promise<EdgeAnswer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const { method = 'GET', headers = {}, body, agent = new Agent() } = sending;
    const sent = request({ hostname, port, path, method, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A directory that is gone after `end`. */
export function temporaryDirectory(): { readonly path: string; end(): void } {
  const path = mkdtempSync(join(tmpdir(), 'soundbite-edge-'));
  return { path, end: () => rmSync(path, { recursive: true, force: true }) };
}

/** Waits until something holds; fails after 10 s. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not come to hold within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
