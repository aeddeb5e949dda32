import {
  type Digest,
  type Fact,
  headers,
  type PinnedRequest,
  type PinnedResponse,
  type Runtime,
  rowOfError,
  SoundBiteError,
  type Target,
} from '@soundbite/model';
import { reasonInLogs } from './log-reason.ts';

/** An answer of the version, its body read as JSON where it is JSON. */
export interface VersionAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly json: unknown;
}

/** What a check found: why it holds, or why not. `value` is for the checks that follow. */
export type Found<T = undefined> = { readonly ok: true; readonly detail: string; readonly value: T } | Failure;
export interface Failure {
  readonly ok: false;
  readonly detail: string;
}

/** One try of one version: asks it, and keeps the facts. */
export interface Trial {
  readonly runtime: Runtime;
  readonly target: Target;
  readonly release: Digest;
  ask(request: PinnedRequest): Promise<VersionAnswer>;
  /** Runs a check and keeps its fact; gives its value, or undefined when it does not hold. */
  check<T>(name: string, run: () => Promise<Found<T>>): Promise<T | undefined>;
  /** The last fact: every answer named the release. */
  concludeHeaders(): void;
  facts(): Fact[];
}

export const holds = <T = undefined>(detail: string, value?: T): Found<T> => ({ ok: true, detail, value: value as T });
export const fails = (detail: string): Failure => ({ ok: false, detail });

/** `logWithinMs`: how long a failed check waits for the reason in the log. */
export function trialOf(runtime: Runtime, target: Target, release: Digest, logWithinMs: number): Trial {
  const facts: Fact[] = [];
  const unnamed: string[] = [];
  const started = Date.now();
  let answers = 0;

  async function ask(request: PinnedRequest): Promise<VersionAnswer> {
    const answer = withJson(await runtime.request(target, release, request));
    answers += 1;
    const named = answer.headers[headers.release];
    if (named !== release) unnamed.push(`${request.method} ${request.path} named ${named ?? 'none'}`);
    return answer;
  }

  async function check<T>(name: string, run: () => Promise<Found<T>>): Promise<T | undefined> {
    const begun = performance.now();
    const found = await run().catch((error: unknown): Failure => fails(badVersion(error)));
    const ms = Math.round(performance.now() - begun);
    const why = found.ok ? null : await reasonInLogs(runtime, target, release, started, logWithinMs);
    facts.push({ name, ok: found.ok, detail: why ? `${found.detail} (its log: ${why})` : found.detail, ms });
    return found.ok ? found.value : undefined;
  }

  return {
    runtime,
    target,
    release,
    ask,
    check,
    concludeHeaders() {
      const ok = answers > 0 && unnamed.length === 0;
      const detail = ok
        ? `all ${answers} answers named the release`
        : unnamed.slice(0, 3).join('; ') || 'nothing answered';
      facts.push({ name: 'release-header', ok, detail, ms: 0 });
    },
    facts: () => facts,
  };
}

function withJson(response: PinnedResponse): VersionAnswer {
  if (!/json/.test(response.headers['content-type'] ?? '')) return { ...response, json: null };
  try {
    return { ...response, json: JSON.parse(Buffer.from(response.body).toString('utf8')) as unknown };
  } catch {
    return { ...response, json: null };
  }
}

/** What a version did wrong, as text. Errors of the machinery (ours, or AWS refusing the control plane) are thrown on. */
function badVersion(error: unknown): string {
  const isAws = error instanceof Error && '$metadata' in error;
  if (isAws || (error instanceof SoundBiteError && rowOfError(error).verdict !== 'release')) throw error;
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && !(error instanceof SoundBiteError)
    ? `${error.message}: ${error.cause.message}`
    : error.message;
}
