/** Who can fix an error: the person who asked (`user`), or whoever runs the machinery (`system`). */
export type ErrorSource = 'user' | 'system';

/**
 * The subject of an error's verdict: the release (it must not go on), the request (it cannot be met), or neither: the machinery, the
 * account, credentials or the declaration.
 */
export type ErrorVerdict = 'release' | 'request' | 'machinery';

/**
 * Whether another try of the same work may succeed: in a moment (a peer is away or restarting), at the next try, only after a person has fixed
 * something beside this work, or never: a person has to act on the environment, which must be free for that.
 */
export type Retry = 'soon' | 'once' | 'after-fix' | 'never';

/** The exit code of a command that ends with the error: 1 the rules said no, 2 wrong usage or declaration, 3 the machinery broke. */
export type ErrorExit = 1 | 2 | 3;

/** All that is decided by an error's code alone. */
export interface ErrorRow {
  readonly source: ErrorSource;
  readonly verdict: ErrorVerdict;
  readonly retry: Retry;
  readonly exit: ErrorExit;
  /** One phrase for docs/reference/errors.md. */
  readonly meaning: string;
  /** The hint of an error that is thrown without one of its own. */
  readonly hint: string;
}

const rowsOf =
  (source: ErrorSource, verdict: ErrorVerdict, retry: Retry, exit: ErrorExit) =>
  (meaning: string, hint: string): ErrorRow => ({ source, verdict, retry, exit, meaning, hint });

/** The hint where nothing better is known. */
export const lookWithDoctor = 'run `soundbite doctor`';

/** Wrong command line or request. */
export const usage = rowsOf('user', 'request', 'never', 2);
/** The rules refuse what was asked. */
export const refused = rowsOf('user', 'request', 'never', 1);
/** The release is not fit to go on. */
export const ofRelease = rowsOf('user', 'release', 'never', 1);
/** The source cannot be cut into a release. */
export const ofSource = rowsOf('user', 'request', 'never', 1);
/** What a person has set for SoundBite (declaration, database, credentials, store) is wrong. */
export const setting = rowsOf('user', 'machinery', 'after-fix', 2);
/** The environment in its account is not as it has to be: nothing continues there before a person acts on it. */
export const environment = rowsOf('user', 'machinery', 'never', 1);
/** A peer is away, or restarting. */
export const away = rowsOf('system', 'machinery', 'soon', 3);
/** The machinery broke. */
export const broken = rowsOf('system', 'machinery', 'once', 3);
/** The machine or the account withholds something until a person sees to it. */
export const withheld = rowsOf('system', 'machinery', 'after-fix', 3);
/** No try of the same work can succeed. */
export const lasting = rowsOf('system', 'machinery', 'never', 3);
