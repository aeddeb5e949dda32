import { SoundBiteError } from '../errors.ts';
import type { Environment } from './shape.ts';

/**
 * Two laptops, each with a database of its own, could both promote into one account; a shared database is what orders them.
 * Errors: `database-not-shared` where a real account is declared and no DATABASE_URL is given.
 */
export function demandSharedDatabase(environments: readonly Environment[], databaseUrl: string | undefined): void {
  const real = environments.find(({ cloud }) => cloud.kind === 'real');
  if (!real || databaseUrl) return;
  throw new SoundBiteError(
    'database-not-shared',
    `${real.name} is a real account, and the embedded database belongs to this machine alone`,
    {
      hint: 'set DATABASE_URL to the Postgres that your team shares',
    },
  );
}
