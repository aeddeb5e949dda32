import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { ControlPlaneAddress } from '@soundbite/client';
import { isOfAccounts } from '@soundbite/clouds';
import { rowOf, rowOfError, SoundBiteError, toErrorDocument } from '@soundbite/model';
import { amongHosts, holdControlPlane, homeIdAt, hostElsewhere } from '@soundbite/processes';
import { type Config, readConfig } from './config.ts';
import { controlPlane } from './control-plane.ts';
import { httpApp } from './http/app.ts';
import { controlPlaneAuthority } from './http/authority.ts';
import { type ControlPlaneServer, listen } from './http/server.ts';
import { whileStarting } from './http/starting.ts';
import { endHosting, type Hosting, hosting, whenAsked } from './life.ts';
import { neverFail, openLog } from './log.ts';
import { pageSource } from './page-source.ts';
import { listenEverywhere } from './routes-at-rest.ts';
import { compose } from './world/compose.ts';
import { homeSecret, writePrivate } from './world/secrets.ts';
import type { World } from './world/world.ts';

neverFail(process.stdout, process.stderr);
const log = openLog();

/** As in sysexits.h: the caller may try again. The CLI then waits for the other `--standalone` command. */
const homeIsTaken = 75;

/** The exit code of an unexpected error. */
const broken = rowOf('unexpected').exit;

/** The parts to stop; the list grows while the control plane starts. */
interface Started {
  hosting?: Promise<Hosting>;
  server?: ControlPlaneServer;
  world?: World;
  announced?: { readonly file: string; readonly text: string };
  ending?: boolean;
}

/** Starts the control plane: host, database, edge, engine, HTTP; then reports its address and resumes what was under way. */
async function main(config: Config, started: Started): Promise<void> {
  const { standalone } = config;
  whenAsked(standalone, (why) => void end(started, why, 0));
  if (!(await holdControlPlane(config.home, { pid: process.pid, standalone }))) throw homeTaken(config);
  started.hosting = hosting(config);
  const { host } = await started.hosting;
  const { accountsHost } = config;
  const beside = accountsHost ? [{ runs: isOfAccounts, host: hostElsewhere(accountsHost) }] : [];

  const server = await listen(config.port, whileStarting());
  started.server = server;
  const url = `http://127.0.0.1:${server.port}`;
  const world = await compose(config, amongHosts(host, beside), url, log, {
    lost(error) {
      log.error({ err: error }, 'another process took this one over');
      void end(started, 'taken over', broken);
    },
    credentials: (endpoint) => server.serve(whileStarting(endpoint)),
  });
  started.world = world;
  const plane = controlPlane(world);
  const token = await homeSecret(config.home, 'control-plane-token');
  await listenEverywhere(world);
  server.serve(httpApp(plane, controlPlaneAuthority(world, token), pageSource()).fetch);
  await announce(config, started, {
    ...{ url, token, pid: process.pid, home: homeIdAt(config.home) },
    ...{ code: config.code, ownDatabase: config.databaseUrl === undefined },
  });
  log.info({ url }, 'ready');
}

async function announce({ home }: Config, started: Started, address: ControlPlaneAddress): Promise<void> {
  const [file, text] = [join(home, 'control-plane.json'), JSON.stringify(address)];
  await writePrivate(file, text);
  started.announced = { file, text };
}

/** Stops each part before the parts that it needs, also in the middle of a start. */
async function end(started: Started, why: string, exit: number): Promise<void> {
  if (started.ending) return;
  started.ending = true;
  log.info({ why }, 'stopping');
  await started.server?.close();
  await stopEngine(started);
  if (started.announced) await withdraw(started.announced);
  if (started.hosting) await endHosting(started.hosting, log);
  process.exit(exit);
}

/** How long the engine may take to stop, in ms. The next start resumes what is left, as after a kill -9. */
const stopWithinMs = 10_000;

/** If everything is ended at once, the database may go first, and work under way would wait for it. */
async function stopEngine({ world }: Started): Promise<void> {
  const late = setTimeout(stopWithinMs, 'the engine did not stop in time', { ref: false });
  const stopped = world?.engine.stop().catch((error: unknown) => error);
  const why = await Promise.race([stopped, late]);
  if (why !== undefined) log.warn({ why }, 'the engine did not stop in order');
}

/** After a home was moved, this file may belong to another home at its old path. */
async function withdraw({ file, text }: { readonly file: string; readonly text: string }): Promise<void> {
  if ((await readFile(file, 'utf8').catch(() => '')) === text) await rm(file, { force: true });
}

function homeTaken({ home }: Config): SoundBiteError {
  return new SoundBiteError('control-plane-runs', `another control plane runs on ${home}`, {
    hint: 'wait until it has ended, or first: soundbite down',
  });
}

function exitOf(error: unknown): number {
  return toErrorDocument(error).code === 'control-plane-runs' ? homeIsTaken : rowOfError(error).exit;
}

const started: Started = {};
process.on('unhandledRejection', (error) => {
  log.error({ err: error }, 'unhandled rejection');
  void end(started, 'unhandled rejection', broken);
});
try {
  await main(readConfig(process.env), started);
} catch (error) {
  // Its dependencies were stopped on purpose.
  if (!started.ending) {
    const document = toErrorDocument(error);
    log.fatal(document, `${document.message}; ${document.hint}`);
    await end(started, document.code, exitOf(error));
  }
}
