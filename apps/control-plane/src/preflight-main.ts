import { parseArgs } from 'node:util';
import { checkDatabase } from '@soundbite/engine/store/database-check.ts';
import { rowOfError, SoundBiteError, toErrorDocument } from '@soundbite/model/errors.ts';
import { hasOwnPostgres, runningPostgres } from '@soundbite/processes/postgres-running.ts';
import { readConfig } from './config.ts';
import { lastDatabase } from './last-database.ts';
import { judgeDatabase } from './preflight.ts';
import { declarationReader } from './world/declaration.ts';

/** How long an embedded Postgres that its host calls healthy may take, in ms: it may repair itself after a crash. */
const repairedWithinMs = 10_000;

/**
 * The program that `up` and `doctor` run before anything is started, stopped or replaced: whether this code can work on the database, and whether it
 * is the one that the home's records are in. It changes nothing. `--within <ms>`: how long a database may take to answer; `--without-records`: any
 * will do; `--brings-up`: environments are brought up, so that what declares them must be readable. One JSON document
 * `{"detail", "remark"}` on standard output, or `{"error"}` on standard error.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      within: { type: 'string' },
      'without-records': { type: 'boolean', default: false },
      'brings-up': { type: 'boolean', default: false },
    },
  });
  const within = values.within === undefined ? undefined : Number(values.within);
  const withoutRecords = values['without-records'];
  const config = readConfig(process.env);
  const named = config.databaseUrl ? await checkDatabase(config.databaseUrl, within) : null;
  const { home } = config;
  if (values['brings-up']) declarationReader(config)();
  const remark = judgeDatabase({
    last: await lastDatabase(home),
    hasOwn: hasOwnPostgres(home),
    named,
    withoutRecords,
  });
  const detail = named ? `${named.place} answers` : await checkOwn(home, within);
  process.stdout.write(`${JSON.stringify({ detail, remark })}\n`);
}

/** Of an embedded Postgres that does not run there is nothing to ask, and nothing to replace. */
async function checkOwn(home: string, within = repairedWithinMs): Promise<string> {
  const url = await runningPostgres(home);
  if (url === null) return "this home's own does not run";
  const { place } = await patiently(within, (left) => checkDatabase(url, left));
  return `this home's own answers (${place})`;
}

/** A host notices the death of its Postgres, and restarts it, within a moment. */
async function patiently<T>(withinMs: number, ask: (leftMs: number) => Promise<T>): Promise<T> {
  const end = performance.now() + withinMs;
  for (let left = withinMs; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    try {
      return await ask(left);
    } catch (error) {
      left = end - performance.now() - 100;
      const isAway = error instanceof SoundBiteError && error.code === 'database-down';
      if (!isAway || left < 100) throw error;
    }
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${JSON.stringify({ error: toErrorDocument(error) })}\n`);
  process.exitCode = rowOfError(error).exit;
}
