import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { ProcessSpec } from '@soundbite/model';
import type { ProcessIdentity } from './identity.ts';
import { identify } from './identity.ts';
import { openLogFile } from './logs.ts';

/** A child of this host, in a session and group of its own, so that it outlives the host. */
export interface Spawned {
  readonly identity: ProcessIdentity;
  /** How it ended, as a sentence, with its exit code (null after a signal). */
  readonly ended: Promise<EndedChild>;
}

export interface EndedChild {
  readonly code: number | null;
  readonly text: string;
}

/** Starts a spec whose `{port}` is already replaced; standard output and error go to the log. Rejects with why it cannot start. */
export async function spawnDetached(spec: ProcessSpec, log: string): Promise<Spawned> {
  const fd = openLogFile(log);
  try {
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd ?? '/',
      env: spec.env as NodeJS.ProcessEnv,
      detached: true,
      stdio: ['ignore', fd, fd],
      ...(spec.uid === undefined ? {} : { uid: spec.uid }),
      ...(spec.gid === undefined ? {} : { gid: spec.gid }),
    });
    const ended = endOf(child);
    await started(child);
    // The host's life does not hang on its children.
    child.unref();
    return { identity: identityOf(child), ended };
  } finally {
    closeSync(fd);
  }
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
}

function endOf(child: ChildProcess): Promise<EndedChild> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) =>
      resolve({ code, text: signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}` }),
    );
  });
}

/** A child that ended at once still has a pid and needs an identity that matches no living process. */
function identityOf(child: ChildProcess): ProcessIdentity {
  const pid = child.pid ?? 0;
  return identify(pid) ?? { pid, ticks: -1, boot: '' };
}
