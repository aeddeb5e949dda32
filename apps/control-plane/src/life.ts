import { connectHost, type HostClient, startHost } from '@soundbite/processes';
import type { Config } from './config.ts';
import type { Log } from './world/world.ts';

/** The host that this control plane works with, and whether it ends with it. */
export interface Hosting {
  readonly host: HostClient;
  /** Of a `--standalone` command, unless the host also has a control plane that stays: then it is not ours to end. */
  readonly ends: boolean;
}

/** Finds or starts the host. One that a killed `--standalone` command left behind is taken over. */
export async function hosting(config: Config): Promise<Hosting> {
  const host = (await connectHost(config.home)) ?? (await startHost(config.home, { node: config.node }));
  if (!config.standalone) return { host, ends: false };
  const names = (await host.list()).map(({ name }) => name);
  return { host, ends: !names.includes('control-plane') };
}

/**
 * Calls `stop` once: at a signal, or, for a `--standalone` command, when that command is gone. It holds the other end of our standard input, which
 * closes however it died.
 */
export function whenAsked(standalone: boolean, stop: (why: string) => void): void {
  const once = (why: string) => {
    if (asked) return;
    asked = true;
    stop(why);
  };
  let asked = false;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => once(signal));
  if (!standalone) return;
  process.stdin.on('error', () => once('the command is gone'));
  process.stdin.on('close', () => once('the command is gone'));
  process.stdin.resume();
}

/** Ends what a `--standalone` command has started, as far as the host ever came up. */
export async function endHosting(started: Promise<Hosting>, log: Log): Promise<void> {
  try {
    const { host, ends } = await started;
    if (ends) await host.down();
  } catch (error) {
    log.warn({ err: error }, 'the host could not be ended');
  }
}
