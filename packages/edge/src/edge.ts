import { mkdirSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import { Agent, createServer, STATUS_CODES } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Edge, EdgeRoute, RequestPage, RequestRecord, RequestsSince, Signals } from '@soundbite/model';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { checkRoute } from './check-route.ts';
import type { Emit } from './events.ts';
import { listenNear } from './listen.ts';
import { problemBody } from './problem.ts';
import { proxy } from './proxy.ts';
import type { RequestRecords } from './request-records.ts';
import { recordsOf } from './request-records.ts';
import type { KeptRoute } from './route-file.ts';
import { loadRoutes, saveRoutes } from './route-file.ts';

/** One environment's public side. */
interface Door {
  route: EdgeRoute;
  port: number;
  server: Server;
  readonly records: RequestRecords;
}

export interface EdgeParts {
  /** Directory of routes.json and records/. */
  readonly home: string;
  readonly emit: Emit;
  /** How the names of containers begin that may be upstreams; absent: none may. */
  readonly containers?: string | undefined;
  readonly random?: () => number;
  /** How long a request waits for an upstream that refuses; 4 s unless told. */
  readonly patienceMs?: number;
  /** How long (ms) headers and whole requests may take to come; 10 s and 120 s unless told. */
  readonly bounds?: typeof bounds;
}

/** Longer than clients keep an idle connection, so that it is they who close it: a request never meets a connection closed under it. */
const keepAliveMs = 75_000;

/** Slower headers or requests than this (ms) end with 408, and hold no connection of the edge. */
const bounds = { headersTimeout: 10_000, requestTimeout: 120_000, connectionsCheckingInterval: 2_000 };

const urlOf = (port: number) => `http://127.0.0.1:${port}`;

/** The reverse proxy of all environments of a home, in this process. */
export class LocalEdge implements Edge, Signals {
  readonly #home: string;
  readonly #emit: Emit;
  readonly #containers: string | undefined;
  readonly #random: () => number;
  readonly #patienceMs: number;
  readonly #bounds: typeof bounds;
  readonly #doors = new Map<string, Door>();
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 32 });
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: EdgeParts) {
    this.#home = parts.home;
    this.#emit = parts.emit;
    this.#containers = parts.containers;
    this.#random = parts.random ?? Math.random;
    this.#patienceMs = parts.patienceMs ?? 4_000;
    this.#bounds = parts.bounds ?? bounds;
    mkdirSync(join(this.#home, 'records'), { recursive: true, mode: 0o700 });
  }

  /** Opens the doors that stood open before, at their ports. */
  async restore(): Promise<void> {
    for (const { route, port } of loadRoutes(this.#home, this.#emit, this.#containers)) {
      const door = await this.#open(route, port);
      if (door.port !== port)
        this.#emit({ code: 'port-changed', text: `${route.environment}: port ${port} is taken, now ${door.port}` });
    }
    if (this.#doors.size > 0) await this.#save(this.#kept());
  }

  setRoute(value: EdgeRoute): Promise<{ readonly url: string }> {
    return this.#inTurn(async () => {
      const route = checkRoute(value, this.#containers);
      const door = this.#doors.get(route.environment);
      if (door === undefined) return { url: urlOf((await this.#openNew(route)).port) };
      mustNotBeOlder(route, door.route);
      if (route.port !== door.route.port) await this.#move(door, route.port);
      await this.#save([...this.#kept(route.environment), { route, port: door.port }]);
      door.route = route;
      this.#forgetIdle();
      return { url: urlOf(door.port) };
    });
  }

  removeRoute(environment: string): Promise<void> {
    return this.#inTurn(async () => {
      const door = this.#doors.get(environment);
      if (door === undefined) return;
      await this.#save(this.#kept(environment));
      this.#doors.delete(environment);
      close(door.server);
      await door.records.flush();
    });
  }

  async routes(): Promise<readonly (EdgeRoute & { readonly url: string })[]> {
    return [...this.#doors.values()].map(({ route, port }) => ({ ...route, url: urlOf(port) }));
  }

  async requests(environment: string, since: RequestsSince): Promise<RequestPage> {
    return (await this.#doors.get(environment)?.records.since(since)) ?? { records: [], next: since };
  }

  /** Records that are on no disk, for each environment that misses some. */
  lost(): Readonly<Record<string, number>> {
    const lost = [...this.#doors].map(([environment, door]) => [environment, door.records.lost()] as const);
    return Object.fromEntries(lost.filter(([, count]) => count > 0));
  }

  /** Takes no more requests, lets those in flight end, writes all records. */
  async close(): Promise<void> {
    const doors = [...this.#doors.values()];
    await Promise.all(doors.map(({ server }) => close(server)));
    await Promise.all(doors.map(({ records }) => records.flush()));
    this.#agent.destroy();
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(action);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #kept(except?: string): readonly KeptRoute[] {
    const others = [...this.#doors].filter(([environment]) => environment !== except);
    return others.map(([, { route, port }]) => ({ route, port }));
  }

  async #save(kept: readonly KeptRoute[]): Promise<void> {
    await saveRoutes(this.#home, kept);
  }

  async #openNew(route: EdgeRoute): Promise<Door> {
    const door = await this.#open(route, null);
    try {
      await this.#save(this.#kept());
    } catch (error) {
      // A change that is not on disk would be lost in a restart: it is refused as a whole.
      this.#doors.delete(route.environment);
      close(door.server);
      throw error;
    }
    return door;
  }

  async #open(route: EdgeRoute, lastPort: number | null): Promise<Door> {
    const { environment } = route;
    const server = this.#serverFor(environment);
    const port = await listenNear(server, route.port, lastPort);
    const records = recordsOf(environment, join(this.#home, 'records'), this.#emit);
    const door = { route, port, server, records };
    this.#doors.set(environment, door);
    return door;
  }

  /** The declaration wishes another port: the new door opens before the old one closes. */
  async #move(door: Door, wished: number): Promise<void> {
    const server = this.#serverFor(door.route.environment);
    const port = await listenNear(server, wished, null);
    close(door.server);
    Object.assign(door, { server, port });
  }

  #serverFor(environment: string): Server {
    const parts = {
      route: () => this.#doors.get(environment)?.route,
      agent: this.#agent,
      random: this.#random,
      patienceMs: this.#patienceMs,
      record: (record: RequestRecord) => this.#doors.get(environment)?.records.add(record),
    };
    const server = createServer({ keepAliveTimeout: keepAliveMs, ...this.#bounds }, (request, response) => {
      proxy(environment, request, response, parts).catch((error: Error) => {
        this.#emit({ code: 'request-failed', text: `${environment}: ${error.stack}` });
        response.destroy(error);
      });
    });
    server.on('clientError', refuseMalformed);
    server.on('connect', (_request: IncomingMessage, socket: Duplex) =>
      refuseBare(socket, 405, 'This is not a proxy.'),
    );
    return server;
  }

  /** Kept connections to upstreams that no route names any more hold up their end. */
  #forgetIdle(): void {
    const named = [...this.#doors.values()].flatMap(({ route }) => route.upstreams.map(({ url }) => new URL(url).host));
    for (const [key, sockets] of Object.entries(this.#agent.freeSockets)) {
      if (named.some((host) => key.startsWith(`${host}:`))) continue;
      for (const socket of sockets ?? []) socket.destroy();
    }
  }
}

function mustNotBeOlder(route: EdgeRoute, before: EdgeRoute): void {
  if (route.generation >= before.generation) return;
  const message = `superseded: a newer attempt (generation ${before.generation}) already changed the route of ${route.environment}; this one (generation ${route.generation}) stops`;
  throw new SoundBiteError('generation-old', message, {
    hint: 'leave it to the newer control plane, or restart this one to take over',
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // A kept connection becomes idle when its last request ends, which may be later than now.
    const sweep = setInterval(() => server.closeIdleConnections(), 100);
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
  });
}

/** Input that is not HTTP gets a problem too, and the connection ends. */
function refuseMalformed({ code }: NodeJS.ErrnoException, socket: Duplex): void {
  if (code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = code === 'HPE_HEADER_OVERFLOW' ? 431 : code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const isLate = status === 408;
  refuseBare(
    socket,
    status,
    isLate ? 'The request did not come in time.' : 'This is no HTTP request that can be served.',
  );
}

function refuseBare(socket: Duplex, status: number, detail: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = problemBody({ status, detail }, crypto.randomUUID());
  const allow = status === 405 ? 'allow: GET, HEAD, POST, DELETE\r\n' : '';
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: application/problem+json\r\n${allow}`;
  socket.end(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
