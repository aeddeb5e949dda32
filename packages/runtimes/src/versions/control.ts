import {
  type Digest,
  headers,
  type Invoked,
  type PinnedRequest,
  type PinnedResponse,
  type RunningProcess,
  SoundBiteError,
} from '@soundbite/model';
import { fetchFresh } from './fetch.ts';
import type { Installed } from './held.ts';
import { processName } from './names.ts';

/** `http://127.0.0.1:8201`, or by the name of a container. */
export const originOf = (process: Pick<RunningProcess, 'host' | 'port'> | undefined): string =>
  `http://${process?.host ?? '127.0.0.1'}:${process?.port}`;

/** Where a version's process listens. Errors: `version-unknown` when there is none or it listens nowhere. */
export function processUrl(
  processes: readonly RunningProcess[],
  environment: string,
  component: string,
  release: Digest,
): string {
  const name = processName(environment, component, release);
  const process = processes.find((one) => one.name === name);
  if (process?.port) return originOf(process);
  throw new SoundBiteError('version-unknown', `no process ${name} runs here`, {
    hint: 'promote this release: its version was removed',
  });
}

/** A request to one process, as the edge would make it; a rehearsal shows the control token. */
export async function requestVersion(
  url: string,
  { token, release, processes }: Installed,
  request: PinnedRequest,
): Promise<PinnedResponse> {
  // Put behind the address, not resolved against it: `//elsewhere/` would be another host, and get the token.
  const response = await fetchFresh(`${url}${request.path}`, {
    method: request.method,
    headers: { ...request.headers, ...(request.rehearsal ? { [headers.rehearsal]: token } : {}) },
    ...(request.body === undefined ? {} : { body: request.body }),
    redirect: 'manual',
    signal: AbortSignal.timeout(30_000),
  });
  // The body is inflated by now.
  const { 'content-encoding': _, ...told } = Object.fromEntries(response.headers);
  // By the service contract an answer names its release; of any other service it is known by the process that was asked.
  const known = processes.contract ? {} : { release };
  return { status: response.status, headers: told, body: await bodyOf(response), ...known };
}

/** Largest answer of a version to a pinned request, in bytes. What is larger says nothing that a gate reads, and would fill the memory here. */
const largestAnswer = 33_554_432;

/** Errors: the answer is too large; no word of the machinery. */
async function bodyOf(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > largestAnswer) throw new Error(`its answer has more than ${largestAnswer} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** POST /invoke of a process that takes events; as what is said by the control token in the header of that name. Errors: `worker-failed`, `invoke-late` (source user). */
export async function invokeProcess(
  url: string,
  installed: Installed,
  event: unknown,
  withinMs: number,
  as: Invoked = 'rehearsal',
): Promise<unknown> {
  const signal = AbortSignal.timeout(withinMs);
  try {
    return await ask(`${url}/invoke`, 'POST', installed, event, signal, { [headers[as]]: installed.token });
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new SoundBiteError('invoke-late', `it did not answer within ${withinMs / 1000} s`, {
      cause: error,
      hint: 'see its log: soundbite logs <environment>',
    });
  }
}

/** PUT /consuming; answers when it has switched. */
export async function setConsuming(url: string, installed: Installed, consuming: boolean): Promise<void> {
  await ask(`${url}/consuming`, 'PUT', installed, { consuming }, AbortSignal.timeout(10_000));
}

/** Whether a process takes messages, as it says itself at /ready; null when it does not say. */
export async function isConsuming(url: string): Promise<boolean | null> {
  const response = await fetchFresh(`${url}/ready`, { signal: AbortSignal.timeout(10_000) });
  const { consuming } = (await response.json()) as { readonly consuming?: boolean };
  return consuming ?? null;
}

async function ask(
  url: string,
  method: string,
  { token }: Installed,
  body: unknown,
  signal: AbortSignal,
  more: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const response = await fetchFresh(url, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...more },
    body: JSON.stringify(body),
    signal,
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as unknown;
  throw new SoundBiteError(
    'worker-failed',
    `${method} ${new URL(url).pathname} answered ${response.status}: ${text.slice(0, 1500)}`,
    { hint: 'fix the component and cut a new release' },
  );
}
