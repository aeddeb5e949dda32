import { DatabaseMove } from '@soundbite/client';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { runEntry } from '../child-entry.ts';
import type { CommandAction } from '../command-entry.ts';
import { holderOf } from '../holder.ts';
import { startHost } from '../host.ts';
import type { Shell } from '../shell.ts';

/** Moves the records; the control plane is stopped meanwhile, and then uses the shared database, or the old one if nothing was moved. */
export const run: CommandAction = async (shell) => {
  if (!shell.host.env.DATABASE_URL)
    throw new SoundBiteError('usage', 'DATABASE_URL is not set: it names the database to move the records to', {
      hint: 'DATABASE_URL=postgres://<user>:<password>@<host>/<database> ./scripts/soundbite.sh database move',
    });
  const ran = (await holderOf(shell.home)) !== null;
  shell.progress.line('moving the records; the control plane is stopped meanwhile');
  const moved = await move(shell).catch(async (error: unknown) => {
    if (ran && (await holderOf(shell.home)) === null) await goOn(onOwnDatabase(shell));
    throw error;
  });
  await startHost(shell);
  return {
    document: moved,
    text: `${moved.promotions} promotions and ${moved.entries} entries of the ledger are in ${moved.to} now, and the control plane uses it.\nKeep DATABASE_URL set from now on, for everybody who promotes: this machine's own database is not opened again.`,
  };
};

const move = async (shell: Shell) =>
  DatabaseMove.parse(await runEntry(shell, 'apps/control-plane/src/move-main.ts', []));

/** The move's own result is the outcome; a control plane that does not start again is only noted. */
async function goOn(shell: Shell): Promise<void> {
  await startHost(shell).catch((error: Error) => {
    shell.host.stderr.write(`the control plane could not be started again: ${error.message}\n`);
  });
}

const onOwnDatabase = (shell: Shell): Shell => ({
  ...shell,
  host: { ...shell.host, env: { ...shell.host.env, DATABASE_URL: undefined } },
});
