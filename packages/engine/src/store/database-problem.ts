import { SoundBiteError } from '@soundbite/model/errors.ts';

/** Where a URL leads, without its password: `ana@db.example:5432/soundbite`. */
export function databasePlace(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed) return 'the database of DATABASE_URL';
  const { username, hostname, port, pathname } = parsed;
  return `${username ? `${decodeURIComponent(username)}@` : ''}${hostname || 'localhost'}:${port || 5432}${pathname}`;
}

/** A database as it may be recorded and compared: without user and password. */
export function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname || 'localhost'}${port ? `:${port}` : ''}${pathname}`;
}

/** Errors: `database-unusable`. A client would take any other text for the name of a database on this machine. */
export function mustBePostgresUrl(url: string): void {
  const protocol = URL.parse(url)?.protocol;
  if (protocol === 'postgres:' || protocol === 'postgresql:') return;
  const what = protocol === undefined ? 'is no URL' : `begins with ${protocol}, not with postgres:`;
  throw new SoundBiteError('database-unusable', `DATABASE_URL ${what}`, { hint: asUser });
}

/**
 * What is wrong with an unusable database, in one sentence without the password. `database-down`: it may be back in a moment;
 * `database-unusable`: a person has to change it or its URL.
 */
export function databaseProblem(url: string, error: unknown): SoundBiteError {
  if (error instanceof SoundBiteError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const place = databasePlace(url);
  const known = unusable.find(({ is }) => is.test(code) || is.test(message));
  if (known) {
    const details = { hint: known.hint, cause: error };
    return new SoundBiteError('database-unusable', known.says(place, withoutUrl(message)), details);
  }
  const hint =
    'check that Postgres runs there and that DATABASE_URL names it; soundbite doctor says what is wrong with the embedded one';
  return new SoundBiteError('database-down', `the database ${place} does not answer: ${away(code, message)}`, {
    hint,
    cause: error,
  });
}

const away = (code: string, message: string): string =>
  reasons[code] ?? (/timeout/i.test(message) ? 'no answer in time' : withoutUrl(message));

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there (ECONNREFUSED)',
  ENOTFOUND: 'no host has that name (ENOTFOUND)',
  EAI_AGAIN: 'the name of the host cannot be resolved now (EAI_AGAIN)',
  '57P03': 'it is starting or stopping',
  '53300': 'it has no connection left',
};

/** A message that quotes a URL would quote its password. */
const withoutUrl = (message: string) => message.split('\n')[0]?.replaceAll(/\w+:\/\/\S+/g, 'the URL') ?? '';

const asUser =
  'give DATABASE_URL a user, a password and a database that it may use: postgres://user:password@host:5432/database';

const unusable: readonly {
  readonly is: RegExp;
  says(place: string, message: string): string;
  readonly hint: string;
}[] = [
  { is: /^ERR_INVALID_URL$|Invalid URL/, says: () => 'DATABASE_URL is no URL', hint: asUser },
  {
    is: /^28(000|P01)$|password must be a string/,
    says: (place, message) => `the database ${place} refuses this user or its password (${message})`,
    hint: asUser,
  },
  {
    is: /^3D000$/,
    says: (place) => `there is no database ${place}`,
    hint: 'create it (createdb), or name another one in DATABASE_URL',
  },
  {
    is: /^42501$/,
    says: (place, message) => `the user of ${place} lacks rights: ${message}`,
    hint: 'GRANT CREATE ON DATABASE <database> TO <user>; the schemas soundbite and dbos belong to the user that all control planes share',
  },
  {
    is: /unsupported startup parameter/,
    says: (place) =>
      `${place} is a connection pooler (PgBouncer), not Postgres itself: locks and prepared statements need sessions of their own`,
    hint: 'give DATABASE_URL the address of Postgres, or a pool in session mode with ignore_startup_parameters = options',
  },
  {
    is: /^25006$/,
    says: (place) => `${place} is read-only, as a standby is`,
    hint: 'give DATABASE_URL the address of the primary',
  },
  {
    is: /does not support SSL/,
    says: (place) => `${place} offers no encrypted connection, which DATABASE_URL asks for`,
    hint: 'leave sslmode out of DATABASE_URL, or let Postgres have a certificate',
  },
  {
    is: /CERT|certificate|ERR_TLS/,
    says: (place, message) => `the certificate of ${place} is not trusted: ${message}`,
    hint: 'name the authority that signed it in DATABASE_URL: ?sslmode=verify-full&sslrootcert=<file>',
  },
  {
    is: /^ENOENT$/,
    says: (_place, message) => `a file that DATABASE_URL names is not there: ${message}`,
    hint: 'check sslrootcert, sslcert, sslkey or the socket’s directory in DATABASE_URL',
  },
  {
    is: /does not speak as Postgres|Unknown authenticationOk|Received unexpected|ERR_SSL/i,
    says: (place) => `what answers at ${place} is not Postgres`,
    hint: 'check host and port in DATABASE_URL',
  },
];

/** Below this its functions are missing that the records use. */
export const leastServerVersion = 130_000;

export const tooOld = (url: string, version: string): SoundBiteError =>
  new SoundBiteError('database-unusable', `${databasePlace(url)} is Postgres ${version}; 13 or newer is needed`, {
    hint: 'set DATABASE_URL to a newer Postgres',
  });

/**
 * Unknown migrations come from a newer version; continuing would write what that version does not expect. `by`: the version that
 * ran the last one, as recorded.
 */
export function newerDatabase(url: string, unknown: readonly string[], by: string | null): SoundBiteError {
  const writer = by ?? 'a newer version of SoundBite';
  const text = `the records in ${databasePlace(url)} were migrated by ${writer} (migration ${unknown.join(', ')}); this one is older and changes nothing`;
  const search = `git log --all --oneline -S '${unknown.at(-1)}' -- packages/engine/src/store/migrations.ts`;
  const commit = by === null ? undefined : /commit ([0-9a-f]+)/.exec(by)?.[1];
  return new SoundBiteError('database-newer', text, {
    hint: commit ? `git checkout ${commit}, or a newer commit` : `check out a commit that has it: ${search}`,
  });
}

export const databaseMoved = (place: string): SoundBiteError =>
  new SoundBiteError('database-moved', `the records of this database were moved to ${place}`, {
    hint: `set DATABASE_URL to ${place}; to start over with emulated environments only: soundbite down --purge`,
  });
