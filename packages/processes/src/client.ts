import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ErrorDocument, ProcessSpec, RunningProcess, Supervisor } from '@soundbite/model';
import { receivedError, SoundBiteError } from '@soundbite/model/errors.ts';
import { readJson } from './files.ts';
import type { HomePaths } from './home.ts';
import { homeAt } from './home.ts';
import type { HostFile } from './host-file.ts';
import { identityOf, livingHost } from './host-file.ts';
import { isAlive } from './identity.ts';

/** A host that answers. Every call finds the host that lives by then, so it outlasts a host's replacement. */
export interface HostClient extends Supervisor {
  readonly pid: number;
  readonly url: string;
  readonly token: string;
  readonly version: string;
  /** As `ensure`, for the process that uses all others: `down` ends it first. */
  ensureInitial(spec: ProcessSpec): Promise<RunningProcess>;
  /** Ends all processes, then the host. */
  down(): Promise<void>;
}

const retryForMs = 5_000;

/** The client of a home's host. `file` is what host.json says now. */
export function hostClient(home: HomePaths, file: HostFile): HostClient {
  const find = () => livingHost(home);
  const call = <T>(method: string, path: string, body?: unknown) =>
    callAgain<T>({ path: home.path, find }, file.home, method, path, body);
  return {
    pid: file.pid,
    url: file.url,
    token: file.token,
    version: file.version,
    ...supervising(call),
    ensureInitial: (spec) => call('PUT', `/processes/${encodeURIComponent(spec.name)}`, { spec, initial: true }),
    down: async () => {
      await call('POST', '/down');
      while (isAlive(identityOf(file))) await delay(10);
    },
  };
}

type Calling = <T>(method: string, path: string, body?: unknown) => Promise<T>;

const supervising = (call: Calling): Supervisor => ({
  ensure: (spec) => call('PUT', `/processes/${encodeURIComponent(spec.name)}`, { spec, initial: false }),
  amend: async (name, env) => void (await call('PATCH', `/processes/${encodeURIComponent(name)}`, env)),
  stop: async (name) => void (await call('DELETE', `/processes/${encodeURIComponent(name)}`)),
  list: () => call('GET', '/processes'),
});

/** The host of another container, whose home `path` is seen here, too, and which answers at the same address here. Errors: those of a host. */
export function hostElsewhere(path: string): Supervisor {
  const find = () => (existsSync(path) ? (readJson(homeAt(path).hostFile) as HostFile | null) : null);
  return supervising((method, at, body) => callAgain({ path, find }, undefined, method, at, body));
}

/** True when the host answers in time: one that lives and does not answer hangs. */
export const answers = async (file: HostFile, withinMs: number): Promise<boolean> =>
  (await healthOf(file, withinMs)) !== 'hangs';

/** How a host is that lives. `leaving`: it goes down, starts nothing any more, and is gone soon. */
export async function healthOf(file: HostFile, withinMs: number): Promise<'serves' | 'leaving' | 'hangs'> {
  try {
    const { leaving } = (await callOnce(file, 'GET', '/health', undefined, withinMs)) as { readonly leaving?: boolean };
    return leaving ? 'leaving' : 'serves';
  } catch (error) {
    if (error instanceof SoundBiteError) throw error;
    return 'hangs';
  }
}

interface FoundHost {
  readonly path: string;
  readonly find: () => HostFile | null;
}

/** All calls are idempotent, so one that was cut off is made again, to the host that lives by then. Errors: `host-down`. */
async function callAgain<T>(
  home: FoundHost,
  id: string | undefined,
  method: string,
  path: string,
  body: unknown,
): Promise<T> {
  const end = performance.now() + retryForMs;
  for (;;) {
    const file = home.find();
    try {
      // A home that was moved away may have made room for another one.
      if (file !== null && (id === undefined || file.home === id))
        return (await callOnce(file, method, path, body)) as T;
    } catch (error) {
      if (error instanceof SoundBiteError) throw error;
      if (performance.now() > end) throw hostDown(home, error);
    }
    if (performance.now() > end) throw hostDown(home, undefined);
    await delay(50);
  }
}

function hostDown(home: FoundHost, cause: unknown): SoundBiteError {
  return new SoundBiteError('host-down', `no host answers for ${home.path}`, { hint: 'run `soundbite up`', cause });
}

function callOnce(file: HostFile, method: string, path: string, body: unknown, withinMs?: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${file.url}${path}`,
      {
        method,
        agent: false,
        headers: { authorization: `Bearer ${file.token}`, 'content-type': 'application/json' },
        ...(withinMs === undefined ? {} : { timeout: withinMs }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          try {
            resolve(readAnswer(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8')));
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${withinMs} ms`)));
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function readAnswer(status: number, text: string): unknown {
  const document: unknown = JSON.parse(text);
  if (status === 200) return document;
  throw receivedError((document as { readonly error: ErrorDocument }).error);
}
