import { cloudTrouble, cloudTroubleIn } from './cloud-trouble.ts';
import type { ErrorRow, ErrorSource } from './error-codes/row.ts';
import { type ErrorCode, rowOf } from './error-codes.ts';
import { systemProblem } from './system-problem.ts';

export type { ErrorSource } from './error-codes/row.ts';
export { lookWithDoctor } from './error-codes/row.ts';

/** An error's fields besides its message. `hint` is one sentence or command that fixes it; absent: that of its code. */
export interface ErrorDetails {
  readonly hint?: string;
  readonly cause?: unknown;
  /** The place in a declaration, e.g. `environments[3].watch`, and its 1-based line. */
  readonly path?: string;
  readonly line?: number;
  /** What shows it, as JSON: for the record of the step that it ends. It does not leave the process. */
  readonly evidence?: unknown;
}

/**
 * The one error base. `code` is stable, in kebab-case (`release-altered`), and has its row in error-codes.ts; the message names the wrong value.
 * Never used for "the rules said no": that is a result, not an error.
 */
export class SoundBiteError extends Error {
  readonly code: string;
  /** As the row of its code says. */
  readonly source: ErrorSource;
  readonly hint: string;
  readonly path: string | undefined;
  readonly line: number | undefined;
  readonly evidence: unknown;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    const row = rowOf(code);
    this.name = 'SoundBiteError';
    this.code = code;
    this.source = row.source;
    this.hint = details.hint ?? row.hint;
    this.path = details.path;
    this.line = details.line;
    this.evidence = details.evidence;
  }
}

/** An error in the form in which it crosses a process boundary (`--json`, HTTP problem, ledger). */
export interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly source?: ErrorSource;
  readonly path?: string;
  readonly line?: number;
}

/** An error as peers transfer it; `undefined` and absent are the same. */
type Received = { readonly [K in keyof ErrorDocument]?: ErrorDocument[K] | undefined } & Pick<
  ErrorDocument,
  'code' | 'message'
>;

/** An error received from another process. A peer of another version may use codes unknown to this one: see `rowOf`. */
export function receivedError({ code, message, hint, path, line }: Received, cause?: unknown): SoundBiteError {
  return new SoundBiteError(code as ErrorCode, message, {
    cause,
    ...(hint === undefined ? {} : { hint }),
    ...(path === undefined ? {} : { path }),
    ...(line === undefined ? {} : { line }),
  });
}

/** What an error, or one of its causes, brings as evidence; undefined: none does. */
export function evidenceIn(error: unknown): unknown {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++)
    if (at instanceof SoundBiteError && at.evidence !== undefined) return at.evidence;
  return undefined;
}

/** Any thrown value as a document: a fault of the machine, however deep, comes first; an unknown error has the code `unexpected`. */
export function toErrorDocument(error: unknown): ErrorDocument {
  const problem = systemProblem(error);
  if (problem) return { ...problem, source: rowOf(problem.code).source };
  if (error instanceof SoundBiteError) {
    return {
      code: error.code,
      message: error.message,
      hint: error.hint,
      source: error.source,
      ...(error.path === undefined ? {} : { path: error.path }),
      ...(error.line === undefined ? {} : { line: error.line }),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const { source, hint } = rowOf('unexpected');
  return { code: 'unexpected', message, hint, source };
}

/**
 * The verdict of any thrown value, and who can fix it. A fault of the machine, however deep, comes first; and no release is blamed for
 * what AWS throttled or denied.
 */
export function rowOfError(error: unknown): ErrorRow {
  const { code, message } = toErrorDocument(error);
  const row = rowOf(code);
  if (row.verdict !== 'release') return row;
  const trouble = cloudTrouble(error) ?? (code === 'infrastructure-failed' ? cloudTroubleIn(message) : null);
  return trouble ? rowOf(trouble) : row;
}
