import { checkDatabase } from '@soundbite/engine';
import { toErrorDocument } from '@soundbite/model';
import { connectHost, postgres } from '@soundbite/processes';
import { type Config, readConfig } from './config.ts';

/** The program that `up` runs before it replaces a control plane: whether this code can work on the database. It changes nothing. */
async function main(): Promise<void> {
  const url = await databaseOf(readConfig(process.env));
  if (url) await checkDatabase(url);
}

/** Of an embedded Postgres that does not run there is nothing to ask, and nothing to replace. */
async function databaseOf({ databaseUrl, home }: Config): Promise<string | null> {
  if (databaseUrl) return databaseUrl;
  const processes = (await (await connectHost(home))?.list()) ?? [];
  const { port } = processes.find(({ name, state }) => name === 'postgres' && state === 'healthy') ?? {};
  return port ? (await postgres(home)).url(port) : null;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${JSON.stringify({ error: toErrorDocument(error) })}\n`);
  process.exitCode = 3;
}
