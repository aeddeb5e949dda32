/** One thing that is wrong with a request, and where: a member of the body, a header, a query parameter or `id`. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
  /** The character that is wrong, by its place (UTF-16 units from 0) in the field. */
  readonly at?: { readonly index: number; readonly character: string; readonly codePoint: string };
}

/** What an answer `application/problem+json` (RFC 9457) says. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly errors?: readonly FieldError[];
  readonly requestId?: string;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request timeout',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Content too large',
  415: 'Unsupported media type',
  416: 'Range not satisfiable',
  421: 'Misdirected request',
  422: 'Unprocessable content',
  429: 'Too many requests',
  431: 'Header fields too large',
  500: 'Internal error',
  503: 'Unavailable',
};

interface Extras {
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An answer that says no. Thrown anywhere below a route, rendered in one place. `code` is stable, in kebab-case. */
export class HttpProblem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, detail: string, { errors, headers = {}, cause }: Extras = {}) {
    super(detail, { cause });
    this.status = status;
    this.code = code;
    this.errors = errors;
    this.headers = headers;
  }

  document(requestId?: string): ProblemDocument {
    return {
      type: `urn:soundbite:problem:${this.code}`,
      title: TITLES[this.status] ?? 'Problem',
      status: this.status,
      detail: this.message,
      code: this.code,
      ...(this.errors === undefined ? {} : { errors: this.errors }),
      ...(requestId === undefined ? {} : { requestId }),
    };
  }
}

/** A problem with one field; the detail names it. */
export function fieldProblem(status: number, code: string, field: string, message: string): HttpProblem {
  return new HttpProblem(status, code, `${field} ${message}`, { errors: [{ field, message }] });
}

export const PROBLEM_TYPE = 'application/problem+json';
