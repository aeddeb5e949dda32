import { checkDatabase, type Moved, moveRecords, placeOf, refuseMove } from '@soundbite/engine';
import { rowOfError, SoundBiteError, toErrorDocument } from '@soundbite/model';
import {
  connectHost,
  ensurePostgres,
  type HostClient,
  hasOwnPostgres,
  holdControlPlane,
  homeIdAt,
  startHost,
} from '@soundbite/processes';
import { readConfig } from './config.ts';
import { lastDatabase, rememberDatabase } from './last-database.ts';

/**
 * The program of `soundbite database move`: carries the records of the home's own Postgres into the one that DATABASE_URL names. What can be
 * refused is refused before anything is stopped; then the control plane of the home ends. One JSON document on standard output, or `{"error"}` as
 * the last line of standard error.
 */
async function main(): Promise<void> {
  const { home, node, databaseUrl } = readConfig(process.env);
  if (databaseUrl === undefined)
    throw new SoundBiteError('usage', 'DATABASE_URL is not set: it names the database to move the records to', {
      hint: 'DATABASE_URL=postgres://<user>:<password>@<host>/<database> ./scripts/soundbite.sh database move',
    });
  await checkDatabase(databaseUrl);
  if (!hasOwnPostgres(home))
    throw new SoundBiteError('nothing-to-move', `${home} holds no records of its own`, {
      hint: 'continue with the shared database: ./scripts/soundbite.sh up --no-promote',
    });
  const ran = (await connectHost(home)) !== null;
  const host = await startHost(home, { node });
  try {
    const moved = await move(host, home, databaseUrl);
    await rememberDatabase(home, { installation: moved.installation, place: placeOf(databaseUrl) });
    await host.stop('postgres');
    process.stdout.write(`${JSON.stringify(moved)}\n`);
  } catch (error) {
    if (!ran) await host.down();
    throw error;
  }
}

async function move(host: HostClient, home: string, databaseUrl: string): Promise<Moved> {
  const own = await ensurePostgres(host, home);
  await refuseMove(own, databaseUrl);
  // Done before: what runs works with the shared one already.
  if ((await lastDatabase(home))?.place === placeOf(databaseUrl))
    return moveRecords(own, databaseUrl, homeIdAt(home), () => undefined);
  await host.stop('control-plane');
  await hold(home);
  return moveRecords(own, databaseUrl, homeIdAt(home), () => undefined);
}

/** Is the home's control plane meanwhile: an `up` beside this waits until it has ended. */
async function hold(home: string): Promise<void> {
  // Threads of one that has just ended may keep its lock for a moment.
  for (const end = performance.now() + 5_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    if (await holdControlPlane(home, { pid: process.pid, standalone: true })) return;
    if (performance.now() > end)
      throw new SoundBiteError('control-plane-runs', `another control plane runs on ${home}`, {
        hint: 'drop --standalone, or wait until that command has ended',
      });
  }
}

try {
  await main();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${JSON.stringify({ error: toErrorDocument(error) })}\n`);
  process.exit(rowOfError(error).exit);
}
