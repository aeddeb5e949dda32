import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Address } from '@soundbite/client';
import { toErrorDocument } from '@soundbite/model';
import { connectHost, homeIdAt, startHost } from '@soundbite/processes';
import { readConfig } from './config.ts';
import { controlPlane } from './control-plane.ts';
import { httpApp } from './http/app.ts';
import { listen } from './http/server.ts';
import { whileStarting } from './http/starting.ts';
import { neverFail, openLog } from './log.ts';
import { listenEverywhere } from './routes-at-rest.ts';
import { compose } from './world/compose.ts';
import { homeSecret, writeWhole } from './world/secrets.ts';

neverFail(process.stdout, process.stderr);
const log = openLog();

/** Starts the control plane: host, database, edge, engine, HTTP; then says where it is and goes on with what was under way. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const standalone = process.env.SOUNDBITE_STANDALONE === 'true';
  const before = await connectHost(config.home);
  const host = before ?? (await startHost(config.home, { node: config.node }));

  const server = await listen(config.port, whileStarting());
  const url = `http://127.0.0.1:${server.port}`;
  const world = await compose(config, host, url, log, {
    lost(error) {
      log.error({ err: error }, 'another process took this one over');
      process.exit(1);
    },
    credentials: (endpoint) => server.serve(whileStarting(endpoint)),
  });
  const plane = controlPlane(world);
  const token = await homeSecret(config.home, 'control-plane-token');
  await listenEverywhere(world);
  server.serve(httpApp(plane, token).fetch);

  const addressFile = join(config.home, 'control-plane.json');
  const address: Address = { url, token, pid: process.pid, home: homeIdAt(config.home) };
  await writeWhole(addressFile, JSON.stringify(address));
  log.info({ url }, 'ready');

  const stop = async (signal: string): Promise<void> => {
    log.info({ signal }, 'stopping');
    await server.close();
    await world.engine.stop();
    // A home that was moved may have made room for another one, whose file this is by now.
    if (await isOurs(addressFile, address)) await rm(addressFile, { force: true });
    if (standalone && !before) await host.down();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void stop(signal));
}

async function isOurs(file: string, address: Address): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text === JSON.stringify(address);
}

process.on('unhandledRejection', (error) => {
  log.error({ err: error }, 'unhandled rejection');
  process.exit(1);
});
main().catch((error: unknown) => {
  const document = toErrorDocument(error);
  log.fatal({ err: error, ...document }, `${document.message}; ${document.mend}`);
  process.exit(document.source === 'user' ? 2 : 3);
});
