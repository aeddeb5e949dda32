import { watch } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, DevSession } from '@soundbite/client';
import { devReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { isInterrupt, untilClosed } from '../interrupt.ts';
import type { CommandResult, Shell } from '../shell.ts';

/** A save often touches several files: they are one reload. */
const settleMs = 100;
/** So many heartbeats come within the silence that ends a session. */
const beatsWithin = 3;

export const run: CommandAction = async (shell, [environment]) => {
  if (environment === undefined) return whatDevCan(shell);
  const client = connectTo(shell);
  let reloads = 0;
  let session: DevSession | undefined;
  try {
    await untilClosed(shell.host, async (signal) => {
      session = await client.startDev(environment);
      signal.throwIfAborted();
      shell.progress.line(`${environment} serves the working tree at ${session.url}`);
      shell.progress.line(`it holds the environment's lock; Ctrl-C ends it. Watching ${session.watched}`);
      const onReload = () => {
        reloads += 1;
      };
      await attend(shell, client, { session, signal, onReload });
    });
  } catch (error) {
    if (!isInterrupt(error)) throw error;
  } finally {
    if (session) {
      shell.progress.line(`ending; ${environment} returns to its live release`);
      await client.endDev(session.session);
    }
  }
  return {
    document: { environment, url: session?.url ?? null, reloads },
    text: `${environment} serves its live release again`,
  };
};

/** Whether the working tree can be served in each environment, and what to use where it cannot. */
async function whatDevCan(shell: Shell): Promise<CommandResult> {
  const { environments } = await connectTo(shell).devOffers();
  return { document: { environments }, text: devReport(environments, shell.paint) };
}

/** Sends what changed when it changed, and a heartbeat otherwise, until Ctrl-C. */
async function attend(
  shell: Shell,
  client: Client,
  { session, signal, onReload }: { session: DevSession; signal: AbortSignal; onReload: () => void },
): Promise<void> {
  const beatMs = (session.silenceSeconds * 1000) / beatsWithin;
  const changed = new Set<string>();
  let wake = Promise.withResolvers<void>();
  const watching = collect(join(shell.root, session.watched), signal, (path) => {
    const file = join(session.watched, path);
    changed.add(file);
    wake.resolve();
  });
  let broken: unknown;
  watching.catch((error: unknown) => {
    broken = error;
    wake.resolve();
  });
  let problem: string | null = null;
  for (;;) {
    await Promise.race([wake.promise, pause(beatMs, undefined, { signal })]);
    if (changed.size > 0) await pause(settleMs, undefined, { signal });
    signal.throwIfAborted();
    if (broken) throw broken;
    const files = [...changed];
    changed.clear();
    wake = Promise.withResolvers<void>();
    const state = await client.beatDev(session.session, files, signal);
    if (files.length > 0) onReload();
    if (files.length > 0) shell.progress.line(`${files.join(', ')} changed: ${state.problem ?? 'reloaded'}`);
    else if (state.problem !== null && state.problem !== problem) shell.progress.line(state.problem);
    problem = state.problem;
  }
}

async function collect(directory: string, signal: AbortSignal, onChange: (file: string) => void): Promise<void> {
  for await (const { filename } of watch(directory, { recursive: true, signal })) {
    if (filename && isSource(filename)) onChange(filename);
  }
}

const isSource = (file: string) => !/(^|\/)(node_modules|dist)(\/|$)|\.test\.ts$|~$|\.sw[a-z]$/.test(file);
