import { watch } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, DevState } from '@soundbite/client';
import type { Run } from '../catalogue.ts';
import { connectTo } from '../connection.ts';
import { isInterrupt, untilInterrupt } from '../interrupt.ts';
import type { Shell } from '../shell.ts';

/** Where the service's source is; a change below it reloads. */
const watched = 'apps/service';
/** A save often touches several files: they are one reload. */
const settleMs = 100;
const beatMs = 5_000;

export const run: Run = async (shell, [environment = '']) => {
  const client = connectTo(shell);
  const session = await client.startDev(environment);
  shell.progress.line(`${environment} serves the working tree at ${session.url}`);
  shell.progress.line(`it holds the environment's lock; Ctrl-C ends it. Watching ${watched}`);
  let last: DevState | undefined;
  try {
    await untilInterrupt(shell.host, (signal) => attend(shell, client, session.session, signal));
  } catch (error) {
    if (!isInterrupt(error)) throw error;
  } finally {
    last = await client.endDev(session.session);
  }
  return {
    document: { environment, url: session.url, reloads: last.reloads },
    text: `${environment} serves its live release again`,
  };
};

/** Sends what changed when it changed, and a heartbeat otherwise, until Ctrl-C. */
async function attend(shell: Shell, client: Client, session: string, signal: AbortSignal): Promise<void> {
  const changed = new Set<string>();
  let wake = Promise.withResolvers<void>();
  const watching = collect(shell, signal, (file) => {
    changed.add(file);
    wake.resolve();
  });
  // A watch that breaks ends the session; Ctrl-C ends it in the loop below.
  watching.catch(() => wake.resolve());
  let problem: string | null = null;
  for (;;) {
    await Promise.race([wake.promise, pause(beatMs, undefined, { signal })]);
    if (changed.size > 0) await pause(settleMs, undefined, { signal });
    signal.throwIfAborted();
    const files = [...changed];
    changed.clear();
    wake = Promise.withResolvers<void>();
    const state = await client.beatDev(session, files);
    if (files.length > 0) shell.progress.line(`${files.join(', ')} changed: ${state.problem ?? 'reloaded'}`);
    else if (state.problem !== null && state.problem !== problem) shell.progress.line(state.problem);
    problem = state.problem;
  }
}

async function collect(shell: Shell, signal: AbortSignal, onChange: (file: string) => void): Promise<void> {
  for await (const { filename } of watch(join(shell.root, watched), { recursive: true, signal })) {
    if (filename && isSource(filename)) onChange(join(watched, filename));
  }
}

const isSource = (file: string) => !/(^|\/)(node_modules|dist)(\/|$)|\.test\.ts$|~$|\.sw[a-z]$/.test(file);
