import { readFile } from 'node:fs/promises';
import { createServer as createHttp, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { isLoopbackHost } from '@soundbite/model/loopback.ts';
import type { KeptRoute } from './route-file.ts';

/** Leads what comes, as it is, to a port of this container's loopback, or of another one's address (`host`). */
export function portFront(port: number, host = '127.0.0.1'): Server {
  return createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port, host, allowHalfOpen: true });
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    near.pipe(far).pipe(near);
  });
}

/** `staging.localhost:8000` → `staging`; null: it names none, or not this machine. */
export function environmentIn(host: string | undefined): string | null {
  if (!isLoopbackHost(host)) return null;
  return /^([a-z][a-z0-9-]*)\.localhost(?::\d+)?$/i.exec(host ?? '')?.[1]?.toLowerCase() ?? null;
}

/** The ports of environments by their names, as an edge wrote them down; none before it did. */
async function portsIn(routes: string): Promise<ReadonlyMap<string, number>> {
  const text = await readFile(routes, 'utf8').catch(() => '[]');
  return new Map((JSON.parse(text) as readonly KeptRoute[]).map(({ route, port }) => [route.environment, port]));
}

/** One gateway for all environments of a home: `<environment>.localhost`. `routes`: the file of its edge. */
export function nameFront(routes: string): Server {
  return createHttp(async (asked, answer) => {
    const ports = await portsIn(routes).catch(() => new Map<string, number>());
    const port = ports.get(environmentIn(asked.headers.host) ?? '');
    if (port !== undefined) return passOn(asked, answer, port);
    const known = [...ports.keys()].map((name) => `http://${name}.localhost`).join(', ') || 'none yet';
    answer.writeHead(421, { 'content-type': 'text/plain; charset=utf-8' }).end(`Name an environment: ${known}\n`);
  });
}

function passOn(asked: IncomingMessage, answer: ServerResponse, port: number): void {
  const { method, url: path, headers } = asked;
  const sent = request({ host: '127.0.0.1', port, method, path, headers });
  sent.on('error', () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
  sent.on('response', (found) => {
    answer.writeHead(found.statusCode ?? 502, found.rawHeaders);
    found.on('error', () => answer.destroy());
    found.pipe(answer);
  });
  answer.on('close', () => sent.destroy());
  asked.pipe(sent);
}
