import { SoundBiteError } from '@soundbite/model';

/** Where a URL leads, without its password: `ana@db.example:5432/soundbite`. */
export function databasePlace(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed) return 'the database of DATABASE_URL';
  const { username, hostname, port, pathname } = parsed;
  return `${username ? `${decodeURIComponent(username)}@` : ''}${hostname || 'localhost'}:${port || 5432}${pathname}`;
}

/**
 * What is wrong with a database that cannot be used, in one sentence that holds no password. `database-down`: it may be back in a moment;
 * `database-unusable`: somebody has to change it or its URL.
 */
export function databaseProblem(url: string, error: unknown): SoundBiteError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const place = databasePlace(url);
  const known = unusable.find(({ is }) => is.test(code) || is.test(message));
  if (known) {
    const details = { source: 'user', mend: known.mend, cause: error } as const;
    return new SoundBiteError('database-unusable', known.says(place), details);
  }
  const mend = 'see that Postgres runs there; soundbite up starts the embedded one, and DATABASE_URL names a team’s';
  return new SoundBiteError('database-down', `the database ${place} does not answer: ${away(code, message)}`, {
    mend,
    cause: error,
  });
}

const away = (code: string, message: string): string =>
  reasons[code] ?? (/timeout/i.test(message) ? 'no answer in time' : withoutUrl(message));

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there (ECONNREFUSED)',
  ENOTFOUND: 'there is no host of that name (ENOTFOUND)',
  EAI_AGAIN: 'the name of the host cannot be resolved now (EAI_AGAIN)',
  '57P03': 'it is starting or stopping',
  '53300': 'it has no connection left',
};

/** A message that quotes a URL would quote its password. */
const withoutUrl = (message: string) => message.split('\n')[0]?.replaceAll(/\w+:\/\/\S+/g, 'the URL') ?? '';

const asUser =
  'give DATABASE_URL a user, a password and a database that it may use: postgres://user:password@host:5432/database';

const unusable: readonly { readonly is: RegExp; says(place: string): string; readonly mend: string }[] = [
  { is: /^ERR_INVALID_URL$|Invalid URL/, says: () => 'DATABASE_URL is no URL', mend: asUser },
  {
    is: /^28(000|P01)$|password must be a string/,
    says: (place) => `the database ${place} refuses this user or its password`,
    mend: asUser,
  },
  {
    is: /^3D000$/,
    says: (place) => `there is no database ${place}`,
    mend: 'create it (createdb), or name another one in DATABASE_URL',
  },
  {
    is: /^42501$/,
    says: (place) => `the user of ${place} may not do what is needed: make the schemas soundbite and dbos`,
    mend: 'GRANT CREATE ON DATABASE <database> TO <user>, or make it the owner',
  },
  {
    is: /unsupported startup parameter/,
    says: (place) =>
      `${place} is a connection pooler (PgBouncer), not Postgres itself: locks and prepared statements need sessions of their own`,
    mend: 'give DATABASE_URL the address of Postgres, or a pool in session mode with ignore_startup_parameters = options',
  },
  {
    is: /^25006$/,
    says: (place) => `${place} is read-only, as a standby is`,
    mend: 'give DATABASE_URL the address of the primary',
  },
  {
    is: /Unknown authenticationOk|unexpected message|Received unexpected|Unexpected|does not support SSL|ERR_SSL/i,
    says: (place) => `what answers at ${place} does not speak as Postgres does`,
    mend: 'see host, port and sslmode of DATABASE_URL',
  },
];

/** Below this its functions are missing that the records use. */
export const leastServerVersion = 130_000;

export const tooOld = (url: string, version: string): SoundBiteError =>
  new SoundBiteError('database-unusable', `${databasePlace(url)} is Postgres ${version}; 13 or newer is needed`, {
    source: 'user',
    mend: 'give DATABASE_URL a newer one',
  });

/** Migrations that this version does not know were made by a newer one; going on would write what that one does not expect. */
export function newerDatabase(url: string, unknown: readonly string[]): SoundBiteError {
  const text = `the records in ${databasePlace(url)} were written by a newer version of SoundBite, which has the migration ${unknown.join(', ')}; this one changes nothing`;
  return new SoundBiteError('database-newer', text, {
    source: 'user',
    mend: `go to a commit that has it: git log --all --oneline -S '${unknown.at(-1)}' -- packages/engine/src/store/migrations.ts`,
  });
}
