import {
  errorFor,
  evidenceIn,
  lookWithDoctor,
  overriddenIn,
  type PlannedStep,
  rowOf,
  rowOfError,
  SoundBiteError,
  systemProblem,
  toErrorDocument,
} from '@soundbite/model';
import { longer, patience, pause } from '../patience.ts';
import { isDatabaseAway } from '../store/database.ts';

/**
 * How a step ended, as a value: a thrown error would be a trap. An executor that lost ownership gets an engine error, and code that caught it and
 * rolled back would undo a promotion that another one finished.
 */
export type Outcome =
  | { readonly state: 'succeeded'; readonly detail: string; readonly evidence?: unknown }
  | { readonly state: 'skipped'; readonly detail: string }
  /** The rules said no. */
  | { readonly state: 'failed'; readonly detail: string; readonly evidence?: unknown }
  /** The machinery broke; `lasting`: no retry fixes it, a person has to act on the environment. */
  | { readonly state: 'errored'; readonly detail: string; readonly evidence?: unknown; readonly lasting?: true };

/** Whether it did what it was to do, or needed not. */
export const isWell = ({ state }: Outcome): boolean => state === 'succeeded' || state === 'skipped';

/** Whether a promotion goes on after a step of its plan: also after a gate that failed and that somebody overrides. */
export const isGoneOnAfter = (step: PlannedStep, outcome: Outcome): boolean =>
  isWell(outcome) || (outcome.state === 'failed' && overriddenIn(step) !== null);

/**
 * What a gate that somebody goes past has decided rests on what it saw. Whatever else refuses its step (a release that was altered, say) is no word of the
 * gate: it could not be asked.
 */
export const asGateSaid = (step: PlannedStep, outcome: Outcome): Outcome =>
  overriddenIn(step) !== null && outcome.state === 'failed' && outcome.evidence === undefined
    ? { state: 'errored', detail: outcome.detail, lasting: true }
    : outcome;

/** Whether no retry can fix it. */
export const isLasting = (outcome: Outcome): boolean => outcome.state === 'errored' && outcome.lasting === true;

/** What a dead or restarting peer looks like from here. */
const away = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ENOENT-HOST',
]);

/** Whether a retry may succeed in a moment. */
export function isTransient(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    const { code, name } = at as Error & { code?: unknown };
    const metadata = (at as Error & { $metadata?: { httpStatusCode?: number } }).$metadata;
    if (typeof code === 'string' && (away.has(code) || rowOf(code).retry === 'soon')) return true;
    if (metadata?.httpStatusCode !== undefined && metadata.httpStatusCode >= 500) return true;
    if (
      /^(TimeoutError|AbortError|InvalidClientTokenId|UnrecognizedClientException|ExpiredToken.*|Throttl.*|TooManyRequests.*)$/.test(
        name,
      )
    )
      return true;
    if (isDatabaseAway(at)) return true;
  }
  return false;
}

export interface Surroundings {
  /** Which environment hints are about. */
  readonly environment?: string;
  /** How long the machinery may be away (ms); two minutes when absent. */
  readonly patienceMs?: number | undefined;
  /** Names the present life of what the environment stands on; see Standing. */
  machinery?(): Promise<string>;
  /** Waits so many ms before that; gives why nobody wants the work any longer, else null. */
  rest?(ms: number): Promise<string | null>;
  /** Is told why the work is done again: the error, and as a person reads it. */
  beforeRetry?(error: unknown, why: string): void | Promise<void>;
}

/**
 * Does the work of a step until it is done, the rules say no, or the machinery stays broken. The work must be idempotent: it is repeated whole.
 * A "no" while the machinery was restarting says nothing about the release: the work is repeated.
 */
export async function attempt(work: () => Promise<Outcome>, surroundings: Surroundings = {}): Promise<Outcome> {
  const { environment, machinery = async () => '', beforeRetry, patienceMs = patience.step.withinMs } = surroundings;
  const { rest = paused } = surroundings;
  const deadline = performance.now() + patienceMs;
  const { firstMs } = patience.step;
  for (let attempts = 1, wait: number = firstMs; ; attempts++, wait = longer(wait, patience.step)) {
    try {
      return await undisturbed(work, machinery);
    } catch (error) {
      const row = rowOfError(error);
      const evidence = evidenceIn(error);
      const said = {
        detail: told(environment === undefined ? error : errorFor(environment, error)),
        ...(evidence === undefined ? {} : { evidence }),
      };
      if (row.verdict !== 'machinery') return { state: 'failed', ...said };
      if (row.retry === 'never') return { state: 'errored', ...said, lasting: true };
      // A full disk answers like a peer that is away (500), and does not recover by itself.
      const soon = systemProblem(error) === null && (row.retry === 'soon' || isTransient(error));
      if (row.retry === 'after-fix' && !soon) return { state: 'errored', ...said };
      const again = soon ? performance.now() + wait < deadline : attempts < patience.step.attempts;
      if (!again) return { state: 'errored', ...said };
      await beforeRetry?.(error, said.detail);
      const stopped = await rest(wait);
      if (stopped !== null) return { state: 'errored', ...said, detail: `${said.detail}; not tried again: ${stopped}` };
    }
  }
}

const paused = (ms: number) => pause(ms).then(() => null);

/** The work's outcome. Errors: those of the work, and `machinery-restarted` instead of any error while the machinery was restarting. */
async function undisturbed(work: () => Promise<Outcome>, machinery: () => Promise<string>): Promise<Outcome> {
  const before = await machinery();
  const isDisturbed = async () => {
    await pause(patience.death.noticedMs);
    return (await machinery()) !== before;
  };
  const outcome = await work().catch(async (error: unknown) => {
    const isRepeated = isTransient(error) && rowOfError(error).verdict === 'machinery';
    if (isRepeated || !(await isDisturbed())) throw error;
    throw restarted(error instanceof Error ? error.message : String(error), error);
  });
  if (outcome.state !== 'failed' || !(await isDisturbed())) return outcome;
  throw restarted(outcome.detail);
}

/** An error as the detail of an outcome, with its hint if it has a useful one. */
function told(error: unknown): string {
  const { message, hint } = toErrorDocument(error);
  return hint === lookWithDoctor ? message : `${message}; ${hint}`;
}

const restarted = (found: string, cause?: unknown) =>
  new SoundBiteError(
    'machinery-restarted',
    `a process below the environment restarted during this step; result discarded: ${found}`,
    { cause },
  );
