import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseCheck } from '@soundbite/client';
import { runEntry } from './child-entry.ts';
import type { Shell } from './shell.ts';

interface DatabaseQuestion {
  readonly withinMs?: number;
  readonly withoutRecords?: boolean;
  /** Whether environments are to be brought up: what declares them must be readable. */
  readonly bringsUp?: boolean;
}

/**
 * Asks whether the control plane could work on its database, and whether that is the one that this home's records are in. Changes nothing.
 * Errors: `database-down`, `database-unusable`, `database-newer`, `database-unset`, `database-moved`, `database-move-unfinished`,
 * `records-left-behind`, `declaration-invalid`.
 */
export async function askDatabase(
  shell: Shell,
  { withinMs, withoutRecords = false, bringsUp = false }: DatabaseQuestion = {},
): Promise<DatabaseCheck> {
  const within = withinMs === undefined ? [] : ['--within', String(withinMs)];
  const args = [...within, ...(withoutRecords ? ['--without-records'] : []), ...(bringsUp ? ['--brings-up'] : [])];
  return DatabaseCheck.parse(await runEntry(shell, 'apps/control-plane/src/preflight-main.ts', args));
}

/** Before anything is started, stopped or replaced: what runs is not ended for a version that could not go on with its database. */
export async function refuseDatabase(shell: Shell, question: DatabaseQuestion = {}): Promise<void> {
  const isNew = !shell.host.env.DATABASE_URL && !existsSync(join(shell.home, 'postgres.password'));
  if (isNew && !existsSync(join(shell.home, 'database.json'))) return;
  const { remark } = await askDatabase(shell, question);
  if (remark !== null) shell.host.stderr.write(`${remark}\n`);
}
