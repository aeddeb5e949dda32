import { randomUUID } from 'node:crypto';
import { startHost } from '@soundbite/processes';
import { postgres, takesConnections } from '@soundbite/processes/postgres.ts';
import { Client } from 'pg';
import { inject } from 'vitest';

/** An empty database of its own in the Postgres that parts share, as `up` would start it, but for more connections: a cluster costs as much as most tests here. */
export async function temporaryDatabase(): Promise<{ url: string; stop(): Promise<void> }> {
  const home = inject('postgresHome');
  const host = await startHost(home, { node: process.execPath });
  const { spec, url } = await postgres(home);
  const { port } = await host.ensure({ ...spec, args: [...spec.args, '-c', 'max_connections=300'] });
  const server = url(port ?? 0);
  await takesConnections(server, 60_000);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const own = new URL(server);
  own.pathname = `/${name}`;
  await query(server, `create database ${name}`);
  // Sessions that a test left end with it: its processes are ended by themselves.
  return { url: own.href, stop: () => query(server, `drop database ${name} with (force)`) };
}

async function query(connectionString: string, text: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  await client.query(text).finally(() => client.end());
}
