import { systemProblem } from './system-problem.ts';

/** Who can fix an error: the person who asked (`user`: exit 2 or 1), or whoever runs the machinery (`system`: exit 3). */
export type ErrorSource = 'user' | 'system';

/** What an error carries beside its message. `hint` is one sentence or command that puts it right. */
export interface ErrorDetails {
  readonly source?: ErrorSource;
  readonly hint?: string;
  readonly cause?: unknown;
  /** The place in a declaration, e.g. `environments[3].watch`, and its 1-based line. */
  readonly path?: string;
  readonly line?: number;
}

/**
 * The one error base. `code` is stable, in kebab-case (`release-altered`); the message names the wrong value.
 * Never used for "the rules said no": that is a result, not an error.
 */
export class SoundBiteError extends Error {
  readonly code: string;
  readonly source: ErrorSource;
  readonly hint: string | undefined;
  readonly path: string | undefined;
  readonly line: number | undefined;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'SoundBiteError';
    this.code = code;
    this.source = details.source ?? 'system';
    this.hint = details.hint;
    this.path = details.path;
    this.line = details.line;
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

/** Any thrown value as a document: a fault of the machine, however deep it lies, first; an unknown one has the code `unexpected`. */
export function toErrorDocument(error: unknown): ErrorDocument {
  const problem = systemProblem(error);
  if (problem) return { ...problem, source: 'system' };
  if (error instanceof SoundBiteError) {
    return {
      code: error.code,
      message: error.message,
      hint: error.hint ?? 'run `soundbite doctor`',
      source: error.source,
      ...(error.path === undefined ? {} : { path: error.path }),
      ...(error.line === undefined ? {} : { line: error.line }),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'unexpected',
    message,
    hint: 'run `soundbite doctor`, then the command again with --verbose',
    source: 'system',
  };
}
