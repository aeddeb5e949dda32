import type { ErrorCode } from './error-codes.ts';

/** A fault of the machine, reported alike everywhere; its code, and the sentence with its hint. */
export interface SystemProblem {
  readonly code: Extract<ErrorCode, 'disk-full' | 'disk-read-only' | 'disk-broken' | 'not-permitted' | 'watch-limit'>;
  readonly message: string;
  readonly hint: string;
}

interface Kind {
  readonly code: SystemProblem['code'];
  /** As Node, Postgres, Python and the C library write it. */
  readonly text: RegExp;
  says(path: string | undefined): string;
  readonly hint: string;
}

const room = 'make room there, then the command again; soundbite doctor names the disks, and how much is needed';

const kinds: Readonly<Record<string, Kind>> = {
  ENOSPC: {
    code: 'disk-full',
    text: /ENOSPC: no space left|\[Errno 28\]|No space left on device/i,
    says: (path) => (path ? `the disk of ${path} is full` : 'a disk is full'),
    hint: room,
  },
  EDQUOT: {
    code: 'disk-full',
    text: /EDQUOT: |\[Errno 122\]|Disk quota exceeded/i,
    says: (path) => `this user's quota on ${path ? `the disk of ${path}` : 'a disk'} is used up`,
    hint: room,
  },
  EROFS: {
    code: 'disk-read-only',
    text: /EROFS: |\[Errno 30\]|Read-only file system/i,
    says: (path) => `${path ?? 'a directory'} is on a read-only file system`,
    hint: 'mount it for writing, or keep the state elsewhere: SOUNDBITE_HOME=<directory> ./scripts/soundbite.sh up',
  },
  EIO: {
    code: 'disk-broken',
    text: /EIO: i\/o error|\[Errno 5\] Input/i,
    says: (path) => `the disk of ${path ?? 'this machine'} reports an error when it is read or written`,
    hint: 'see what the kernel reports (dmesg), and keep the state on another disk by SOUNDBITE_HOME',
  },
};

/** What Postgres calls a full disk. */
export const postgresDiskFull = '53100';

/**
 * The machine's fault behind an error, however deep: disk full, read-only disk, missing permission. Null: none of these.
 * `at`: the path, where the error does not name it.
 */
export function systemProblem(error: unknown, at?: string): SystemProblem | null {
  for (const { found, isQuoted } of causesOf(error)) {
    const { code = '', path, message = '', syscall } = found as NodeJS.ErrnoException;
    if (code === 'ENOSPC' && syscall === 'watch') return watchLimit(at ?? path ?? pathIn(message) ?? 'a directory');
    const kind =
      kinds[code === postgresDiskFull ? 'ENOSPC' : code] ??
      Object.values(kinds).find(({ text }) => !isQuoted && text.test(message));
    if (kind)
      return problemOf(kind, at ?? path ?? pathIn(message) ?? (code === postgresDiskFull ? 'the database' : undefined));
    if ((code === 'EACCES' || code === 'EPERM') && (at ?? path) !== undefined) return notPermitted(at ?? path ?? '');
  }
  return null;
}

const problemOf = ({ code, says, hint }: Kind, path: string | undefined): SystemProblem => ({
  code,
  message: says(path),
  hint,
});

const notPermitted = (path: string): SystemProblem => ({
  code: 'not-permitted',
  message: `this user may not access ${path}`,
  hint: `see who owns it (ls -ld ${path}) and run this as that user, or keep the state elsewhere: SOUNDBITE_HOME=<directory> ./scripts/soundbite.sh up`,
});

/** inotify says ENOSPC of its own limit. */
const watchLimit = (path: string): SystemProblem => ({
  code: 'watch-limit',
  message: `this machine’s limit of watched files is reached, so changes below ${path} would not be seen`,
  hint: 'raise the limit: sudo sysctl fs.inotify.max_user_watches=524288',
});

const deepest = 8;

/**
 * Errors that quote what was said elsewhere: the disk that a release found full may be its function's own, and that of a bucket is not this machine's.
 * Their words, and those of their causes, tell nothing.
 */
const quoting: ReadonlySet<unknown> = new Set([
  'worker-failed',
  'version-unhealthy',
  'release-store-down',
  'release-store-refused',
]);

interface Cause {
  readonly found: Error;
  /** Its words may be those of a release. */
  readonly isQuoted: boolean;
}

/** The error itself, what caused it, and what several were gathered in it. */
function causesOf(error: unknown, isQuoted = false, depth = 0): readonly Cause[] {
  if (!(error instanceof Error) || depth > deepest) return [];
  const quoted = isQuoted || quoting.has((error as NodeJS.ErrnoException).code);
  const gathered = error instanceof AggregateError ? error.errors : [];
  return [
    { found: error, isQuoted: quoted },
    ...[error.cause, ...gathered].flatMap((cause) => causesOf(cause, quoted, depth + 1)),
  ];
}

/** `ENOSPC: no space left on device, open '/a/b'`; `[Errno 28] No space left on device: '/a/b'`; Postgres quotes with ". */
const pathIn = (message: string): string | undefined => /['"](\/[^'"]+)['"]/.exec(message)?.[1];
