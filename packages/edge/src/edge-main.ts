import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { adminServer } from './admin.ts';
import { LocalEdge } from './edge.ts';

/** Requests in flight get so long at the end; the host's patience is a little longer. */
const drainMs = 10_000;

/** The program: EDGE_HOME (its directory), EDGE_TOKEN (of the admin API), PORT (of the admin API), EDGE_CONTAINERS (how names of containers begin that are upstreams). SIGTERM drains and ends it. */
async function main(): Promise<void> {
  const { EDGE_HOME: home, EDGE_TOKEN: token, PORT: port, EDGE_CONTAINERS: containers } = process.env;
  if (!home || !token || !port) throw new Error('EDGE_HOME, EDGE_TOKEN and PORT must be set');
  const emit = (event: object) =>
    process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`);
  // A full disk takes no log lines; requests go on without them.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
  const edge = new LocalEdge({ home, emit, containers });
  await edge.restore();
  const admin = adminServer(edge, token);
  admin.listen(Number(port), '127.0.0.1');
  await once(admin, 'listening');
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  admin.close();
  await Promise.race([edge.close(), delay(drainMs)]);
}

try {
  await main();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exit(1);
}
