import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectHost } from './launch.ts';
import { postgresUrl } from './postgres.ts';

/** Whether a home has a database of its own, running or not. */
export const hasOwnPostgres = (path: string): boolean => existsSync(passwordAt(path));

/** The URL of the home's own Postgres if its host says that it runs; else null. Makes and starts nothing. */
export async function runningPostgres(path: string): Promise<string | null> {
  if (!hasOwnPostgres(path)) return null;
  const processes = (await (await connectHost(path))?.list()) ?? [];
  const { port } = processes.find(({ name, state }) => name === 'postgres' && state === 'healthy') ?? {};
  return port ? postgresUrl(readFileSync(passwordAt(path), 'utf8'), port) : null;
}

const passwordAt = (path: string): string => join(path, 'postgres.password');
