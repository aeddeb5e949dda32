import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NoComponent, PinnedVersion, VersionFault } from '../version-on-trial.ts';
import { bodyOf, largestBody, passedBack, passedOn, textOrBytes } from './forward.ts';

/** Request header: the door's token. */
export const tokenHeader = 'x-soundbite-token';
/** Response header: the door itself answers, not the version; its value says why. */
export const doorHeader = 'x-soundbite-door';

/** How many requests a program may have under way. */
const atOnce = 32;
/** An invocation ends so long before the program's time is over, in ms, so that the program can still say so. */
const lastMs = 1_000;
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** What one program may reach. */
export interface Reached {
  readonly version: PinnedVersion;
  /** The version that serves, where the program may reach it. */
  readonly live?: PinnedVersion | undefined;
  /** Only events are handed on: a request is always a rehearsal, and this program means what it does. */
  readonly onlyEvents?: boolean;
}

export interface DoorOptions extends Reached {
  /** How long the program may still run. */
  remainingMs(): number;
  /** The machinery is broken: nothing that the program finds out now says anything about the version. */
  broken(error: unknown): void;
}

/** The way of one run of a program to the version on trial. */
export interface Door {
  readonly url: string;
  readonly token: string;
  /** Nobody is answered any more. */
  close(): Promise<void>;
}

/**
 * Serves on loopback, for whoever has the token: `/version-on-trial/<path>` is a request to the version, `POST /components/<name>/invoke` hands an event (JSON)
 * to a component and answers its answer; `/live-version/<path>` and `POST /live-components/<name>/invoke` are the same for what serves.
 */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const token = randomBytes(24).toString('base64url');
  let underWay = 0;
  const server = createServer((request, response) => {
    underWay += 1;
    const answering = underWay > atOnce ? Promise.resolve(tooMany) : answerTo(request, token, options);
    answering
      .then((answer) => send(request, response, answer))
      .catch((error: unknown) => {
        // A program that closes its connection wants no answer.
        if (request.destroyed && !request.complete) return;
        options.broken(error);
        response.destroy();
      })
      .finally(() => {
        underWay -= 1;
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface DoorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** An answer of the door itself. */
function own(status: number, why: string, message: string): DoorAnswer {
  const headers = { 'content-type': 'application/json', [doorHeader]: why };
  return { status, headers, body: Buffer.from(JSON.stringify({ error: why, message })) };
}

const tooMany = own(429, 'too-many-requests', `${atOnce} requests are under way; wait for their answers`);

async function answerTo(request: IncomingMessage, token: string, options: DoorOptions): Promise<DoorAnswer> {
  if (!isSame(request.headers[tokenHeader], token))
    return own(401, 'token-wrong', `the header ${tokenHeader} must be the token that the program got`);
  const body = await bodyOf(request);
  if (body === null) return own(413, 'body-too-large', `a body may have ${largestBody} bytes`);
  for (const { paths, events, version } of waysOf(options)) {
    const [, path] = (paths && new RegExp(`^/${paths}(/.*)$`).exec(request.url ?? '')) ?? [];
    if (path !== undefined) return ask(request, path, body, version);
    const [, component] = new RegExp(`^/${events}/([^/?]+)/invoke$`).exec(request.url ?? '') ?? [];
    if (component !== undefined) return invoke(request, component, body, { ...options, version });
  }
  return own(404, 'path-unknown', `the door has ${waysOf(options).map(wayText).join(', ')}`);
}

/** Where a version is behind the door; `paths` null: it takes no requests. */
interface Way {
  readonly paths: string | null;
  readonly events: string;
  readonly version: PinnedVersion;
}

const waysOf = ({ version, live, onlyEvents }: Reached): readonly Way[] => [
  { paths: onlyEvents ? null : 'version-on-trial', events: 'components', version },
  ...(live ? [{ paths: 'live-version', events: 'live-components', version: live }] : []),
];

const wayText = ({ paths, events }: Way): string =>
  [...(paths ? [`/${paths}/<path>`] : []), `POST /${events}/<name>/invoke`].join(' and ');

async function ask(
  { method = 'GET', headers }: IncomingMessage,
  path: string,
  body: Buffer,
  version: PinnedVersion,
): Promise<DoorAnswer> {
  if (!methods.has(method)) return own(405, 'method-unknown', `the door passes on ${[...methods].join(', ')}`);
  if (body.length > 0 && (method === 'GET' || method === 'HEAD'))
    return own(400, 'body-unexpected', `${method} has no body`);
  if (!isDecodable(path)) return own(400, 'path-wrong', 'the path has a % that is not followed by UTF-8 in hex');
  const request = { method, path, headers: passedOn(headers), ...(body.length > 0 ? { body: textOrBytes(body) } : {}) };
  const answer = await version.ask(request);
  if ('fault' in answer || 'unknown' in answer) return faulty(answer);
  if (!Number.isInteger(answer.status) || answer.status < 200 || answer.status > 599)
    return own(502, 'version-broken', `the version answered with the status ${answer.status}`);
  return { status: answer.status, headers: passedBack(answer), body: answer.body };
}

async function invoke(
  { method }: IncomingMessage,
  component: string,
  body: Buffer,
  { version, remainingMs }: DoorOptions,
): Promise<DoorAnswer> {
  if (method !== 'POST') return own(405, 'method-unknown', 'a component is invoked by POST');
  const event = eventOf(body);
  if (event === undefined) return own(400, 'event-wrong', 'the event must be JSON');
  const invoked = await version.invoke(component, event, Math.max(1, Math.floor(remainingMs()) - lastMs));
  if ('fault' in invoked || 'unknown' in invoked) return faulty(invoked);
  const headers = { 'content-type': 'application/json' };
  return { status: 200, headers, body: Buffer.from(JSON.stringify(invoked.answer ?? null)) };
}

function faulty(found: VersionFault | NoComponent): DoorAnswer {
  if ('unknown' in found) return own(404, 'component-unknown', found.unknown);
  return found.isLate ? own(504, 'version-late', found.fault) : own(502, 'version-broken', found.fault);
}

function eventOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function isDecodable(path: string): boolean {
  try {
    decodeURI(path.split('?')[0] ?? '');
    return true;
  } catch {
    return false;
  }
}

/** A status or a header that HTTP does not allow is the version's fault. */
function send({ method }: IncomingMessage, response: ServerResponse, answer: DoorAnswer): void {
  let said = answer;
  try {
    response.writeHead(said.status, said.headers);
  } catch (error) {
    said = own(502, 'version-broken', `the version's answer is not HTTP: ${String(error)}`);
    response.writeHead(said.status, said.headers);
  }
  const isBare = method === 'HEAD' || said.status === 204 || said.status === 304;
  response.end(isBare ? undefined : said.body);
}

function isSame(given: string | string[] | undefined, token: string): boolean {
  const [left, right] = [String(given), token].map((text) => createHash('sha256').update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}
