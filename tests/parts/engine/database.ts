import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { down, ensurePostgres, startHost } from '@soundbite/processes';

/** A Postgres of its own in a temporary home, as `up` would start it. */
export async function temporaryPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'soundbite-engine-'));
  const home = join(directory, 'home');
  const stop = async (): Promise<void> => {
    await down(home, { purge: true });
    await rm(directory, { recursive: true, force: true });
  };
  try {
    return { url: await ensurePostgres(await startHost(home, { node: process.execPath }), home), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
