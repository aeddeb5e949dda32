import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { moveRecords } from '@soundbite/engine';
import { SoundBiteError, toErrorDocument } from '@soundbite/model';
import { ensurePostgres, startHost } from '@soundbite/processes';
import { readConfig } from './config.ts';

/**
 * The program of `soundbite database move`: carries the records of the home's own Postgres into the one that DATABASE_URL names. It ends the
 * control plane of the home first. One JSON document on standard output, or `{"error"}` as the last line of standard error.
 */
async function main(): Promise<void> {
  const { home, node, databaseUrl } = readConfig(process.env);
  if (databaseUrl === undefined)
    throw new SoundBiteError('usage', 'DATABASE_URL is not set: it names where the records are to go', {
      source: 'user',
      mend: 'DATABASE_URL=postgres://<user>:<password>@<host>/<database> ./scripts/soundbite.sh database move',
    });
  if (!existsSync(join(home, 'postgres.password')))
    throw new SoundBiteError('nothing-to-move', `${home} holds no records of its own`, {
      source: 'user',
      mend: 'go on with the shared database: ./scripts/soundbite.sh up --no-promote',
    });
  const host = await startHost(home, { node });
  await host.stop('control-plane');
  const moved = await moveRecords(await ensurePostgres(host, home), databaseUrl, () => undefined);
  await host.stop('postgres');
  process.stdout.write(`${JSON.stringify(moved)}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${JSON.stringify({ error: toErrorDocument(error) })}\n`);
  process.exitCode = 3;
}
