import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivate } from './world/secrets.ts';

/** The database that a home's control plane used last: only there are its live releases recorded. */
export interface LastDatabase {
  readonly installation: string;
  /** A team's, as it may be shown; null: the home's own. */
  readonly place: string | null;
}

const fileIn = (home: string) => join(home, 'database.json');

/** Null: none yet, or the file is damaged; then nothing is known, as with a new home. */
export async function lastDatabase(home: string): Promise<LastDatabase | null> {
  const text = await readFile(fileIn(home), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? null : parsed(text);
}

/** Written when it changed only: a full disk hinders no start. */
export async function rememberDatabase(home: string, { installation, place }: LastDatabase): Promise<void> {
  const before = await lastDatabase(home);
  if (before?.installation === installation && before.place === place) return;
  await writePrivate(fileIn(home), JSON.stringify({ installation, place }));
}

function parsed(text: string): LastDatabase | null {
  try {
    const { installation, place } = JSON.parse(text);
    return typeof installation === 'string' ? { installation, place: typeof place === 'string' ? place : null } : null;
  } catch {
    return null;
  }
}
