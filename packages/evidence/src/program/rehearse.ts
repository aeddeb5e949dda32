import type { Digest, Fact, ProgramCopy, ProgramKind, ProgramRun } from '@soundbite/model';
import type { VersionOnTrial } from '../version-on-trial.ts';
import { openDoor } from './door.ts';
import { programEnvironment } from './environment.ts';
import { runProgram } from './run.ts';

export interface RehearsalOptions {
  readonly kind: ProgramKind;
  readonly copy: ProgramCopy;
  readonly version: VersionOnTrial;
  readonly release: Digest;
  /** The environment's name. */
  readonly environment: string;
  /** Ends the run at once. */
  readonly signal?: AbortSignal | undefined;
  /** Hears each fact when it is said. */
  heard(fact: Fact): void;
}

/** Runs a program beside a door to a version, which is open as long as the program runs. Errors: `program-missing`, broken machinery, the signal's reason. */
export async function rehearse(options: RehearsalOptions): Promise<ProgramRun> {
  const { kind, copy, version, release, environment, heard } = options;
  const broken = new AbortController();
  const ms = copy.seconds * 1000;
  const end = performance.now() + ms;
  const door = await openDoor({
    version,
    remainingMs: () => end - performance.now(),
    broken: (error) => broken.abort(error),
  });
  try {
    const env = programEnvironment(kind, { door, release, environment, deadline: Date.now() + ms });
    const signal = options.signal ? AbortSignal.any([options.signal, broken.signal]) : broken.signal;
    const run = await runProgram({ kind, copy, env, signal, heard });
    return { ...run, hasAsked: version.wasAsked };
  } finally {
    await door.close();
  }
}
