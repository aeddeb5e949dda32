import { existsSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { engineAway, engineTrouble } from './trouble.ts';

/** What a call of the engine's API says beside its path. `query`: what is no text is sent as JSON, as the API wants it of filters. */
export interface CallOptions {
  readonly query?: Readonly<Record<string, unknown>>;
  readonly json?: unknown;
  /** A tar, or another body of bytes. */
  readonly bytes?: Uint8Array | Readable;
  readonly headers?: Readonly<Record<string, string>>;
  /** After so many ms of silence the engine counts as away; 30,000 by default. */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal;
}

/** The HTTP API of a Docker engine, 20.10 or newer, or of one that speaks like it. Errors of all: `engine-down`, those of `engineTrouble`. */
export interface EngineCalls {
  /** Where it listens, for messages. */
  readonly host: string;
  json<T>(method: string, path: string, options?: CallOptions): Promise<T>;
  bytes(method: string, path: string, options?: CallOptions): Promise<Buffer>;
  /** The answer as it comes, once its head says that the call went well. */
  stream(method: string, path: string, options?: CallOptions): Promise<IncomingMessage>;
}

/** What we were written for. An engine that no longer speaks it is asked in the oldest that it speaks, an older one in its newest. */
const ownVersion = '1.41';

/** `host` as in DOCKER_HOST: `unix:///var/run/docker.sock`, `npipe:////./pipe/docker_engine`, `tcp://127.0.0.1:2375`. Nothing is asked before the first call. */
export function engineCalls(host = usualHost()): EngineCalls {
  let version: Promise<string> | null = null;
  const stream: EngineCalls['stream'] = async (method, path, options = {}) => {
    version ??= negotiate(host);
    version.catch(() => {
      version = null;
    });
    return call(host, method, `/v${await version}${path}`, options);
  };
  const bytes: EngineCalls['bytes'] = async (method, path, options) =>
    gathered(host, await stream(method, path, options));
  return {
    ...{ host, stream, bytes },
    async json<T>(method: string, path: string, options?: CallOptions) {
      const text = (await bytes(method, path, options)).toString('utf8');
      return (text === '' ? null : JSON.parse(text)) as T;
    },
  };
}

/** The first that is there of DOCKER_HOST, the socket of an engine of the machine, and those that belong to a user. */
function usualHost(): string {
  const { DOCKER_HOST } = process.env;
  if (DOCKER_HOST) return DOCKER_HOST;
  if (process.platform === 'win32') return 'npipe:////./pipe/docker_engine';
  const usual = '/var/run/docker.sock';
  const own = [
    `/run/user/${process.getuid?.()}/docker.sock`,
    join(homedir(), '.docker/run/docker.sock'),
    join(homedir(), '.docker/desktop/docker.sock'),
  ];
  return `unix://${[usual, ...own].find((path) => existsSync(path)) ?? usual}`;
}

async function negotiate(host: string): Promise<string> {
  const said = JSON.parse((await gathered(host, await call(host, 'GET', '/version', {}))).toString('utf8')) as {
    readonly ApiVersion?: string;
    readonly MinAPIVersion?: string;
  };
  return spokenVersion(said.ApiVersion ?? ownVersion, said.MinAPIVersion ?? ownVersion);
}

/** `newest` and `oldest` are what the engine speaks. */
export function spokenVersion(newest: string, oldest: string): string {
  const isBelow = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true }) < 0;
  if (isBelow(newest, ownVersion)) return newest;
  return isBelow(ownVersion, oldest) ? oldest : ownVersion;
}

/** Where `host` says that the engine listens, for `http.request`. */
function placeOf(host: string): { readonly socketPath: string } | { readonly host: string; readonly port: number } {
  const [, scheme, rest = ''] = /^([a-z]+):\/\/(.*)$/.exec(host) ?? [];
  if (scheme === 'unix' || scheme === 'npipe') return { socketPath: rest };
  if (scheme === 'tcp' || scheme === 'http') {
    const { hostname, port } = new URL(`http://${rest}`);
    const bare = hostname.replace(/^\[|\]$/g, '');
    return { host: isIP(bare) ? bare : hostname, port: Number(port || 2375) };
  }
  throw engineAway(host, new Error(`${host} names no unix, npipe or tcp address`));
}

function call(host: string, method: string, path: string, options: CallOptions): Promise<IncomingMessage> {
  const { query = {}, json, bytes, headers = {}, silenceMs = 30_000, signal } = options;
  const told = Object.entries(query).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, typeof value === 'object' ? JSON.stringify(value) : String(value)]],
  );
  const asked = told.length === 0 ? path : `${path}?${new URLSearchParams(told)}`;
  const body = json === undefined ? bytes : Buffer.from(JSON.stringify(json));
  const type = json === undefined ? 'application/x-tar' : 'application/json';
  return new Promise((resolve, reject) => {
    const sent = request({
      ...placeOf(host),
      ...{ method, path: asked, agent: false, timeout: silenceMs },
      headers: { host: 'engine', ...(body === undefined ? {} : { 'content-type': type }), ...headers },
      ...(signal ? { signal } : {}),
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${silenceMs / 1000} s`)));
    sent.on('error', (error) => reject(engineAway(host, error)));
    sent.on('response', (answer) => {
      const status = answer.statusCode ?? 0;
      if (status < 400) return resolve(answer);
      gathered(host, answer).then((text) => reject(engineTrouble(status, `${method} ${path}`, saidIn(text))), reject);
    });
    if (body === undefined || body instanceof Uint8Array) sent.end(body);
    else body.on('error', (error) => sent.destroy(error)).pipe(sent);
  });
}

async function gathered(host: string, answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of answer) chunks.push(chunk as Buffer);
  } catch (error) {
    throw engineAway(host, error);
  }
  return Buffer.concat(chunks);
}

/** The engine answers errors as {"message": …}; what stands before it may not. */
function saidIn(bytes: Buffer): string {
  const text = bytes.toString('utf8').trim();
  try {
    return (JSON.parse(text) as { readonly message?: string }).message ?? text;
  } catch {
    return text;
  }
}
