import type { ProgramCopy, ProgramKind, ProgramRun } from '@soundbite/model';
import { openDoor, type Reached } from './door.ts';
import { type ProgramFacts, programEnvironment } from './environment.ts';
import { type ProgramOptions, runProgram } from './run.ts';

export interface RehearsalOptions extends Pick<ProgramOptions, 'heard'> {
  readonly kind: ProgramKind;
  readonly copy: ProgramCopy;
  readonly reached: Reached;
  /** What it is told beside its door and its deadline. */
  readonly told: Omit<ProgramFacts, 'door' | 'deadline'>;
  /** Ends the run at once. */
  readonly signal?: AbortSignal | undefined;
}

/** Runs a program beside a door to a version, which is open as long as the program runs. Errors: `program-missing`, broken machinery, the signal's reason. */
export async function rehearse({
  kind,
  copy,
  reached,
  told,
  heard,
  signal: given,
}: RehearsalOptions): Promise<ProgramRun> {
  const broken = new AbortController();
  const ms = copy.seconds * 1000;
  const end = performance.now() + ms;
  const door = await openDoor({
    ...reached,
    remainingMs: () => end - performance.now(),
    broken: (error) => broken.abort(error),
  });
  try {
    const env = programEnvironment(kind, { ...told, door, deadline: Date.now() + ms });
    const signal = given ? AbortSignal.any([given, broken.signal]) : broken.signal;
    const run = await runProgram({ kind, copy, env, signal, heard });
    return { ...run, hasAsked: reached.version.wasAsked };
  } finally {
    await door.close();
  }
}
