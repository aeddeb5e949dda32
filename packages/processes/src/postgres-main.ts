import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from './files.ts';
import { postgres } from './postgres.ts';
import { withPort } from './spec.ts';

/**
 * The program: the Postgres of a house in a container of its own, which this process becomes. POSTGRES_HOME: the directory of its data. POSTGRES_SECRETS: the directory where who uses
 * it finds its `password`, made with the data. It takes connections of its networks, by that password.
 */
const { POSTGRES_HOME: home = '', POSTGRES_SECRETS: secrets = '' } = process.env;
const port = 5432;
const { spec } = await postgres(home);
const secret = join(secrets, 'password');
writeWhole(secret, readFileSync(join(home, 'postgres.password'), 'utf8'));
chmodSync(secret, 0o400);
const peers = join(home, 'pg_hba.conf');
writeFileSync(peers, ['samehost', 'samenet'].map((from) => `host all all ${from} scram-sha-256\n`).join(''), {
  mode: 0o600,
});
const { command, args, env } = withPort(spec, port);
process.execve?.(command, [command, ...args, '-c', 'listen_addresses=*', '-c', `hba_file=${peers}`], env);
