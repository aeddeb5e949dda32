import { access, constants, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { type ProgramCopy, type ProgramKind, SoundBiteError } from '@soundbite/model';

/** Where programs are looked for: not where the user's PATH says, which differs from machine to machine. */
export const programPath = '/usr/local/bin:/usr/bin:/bin';

/** What a program is told. */
export interface ProgramFacts {
  readonly door: { readonly url: string; readonly token: string };
  readonly release: string;
  readonly environment: string;
  /** In ms since 1970. */
  readonly deadline: number;
  /** What serves; null: nothing does. Absent: the program is not told. */
  readonly live?: string | null | undefined;
  /** The how manieth start of it this is, from 1. Absent: the program is not told. */
  readonly attempt?: number | undefined;
}

/** The variable of a program's environment that is another one in each run. */
export const markOf = (kind: ProgramKind): string => `SOUNDBITE_${kind.toUpperCase()}_RUN`;

/** A program's whole environment, but its mark. Nothing of the control plane's own is in it. */
export const programEnvironment = (kind: ProgramKind, given: ProgramFacts): Record<string, string> => {
  const name = (part: string) => `SOUNDBITE_${kind.toUpperCase()}_${part}`;
  return {
    PATH: programPath,
    [name('DOOR')]: given.door.url,
    [name('TOKEN')]: given.door.token,
    [name('RELEASE')]: given.release,
    [name('ENVIRONMENT')]: given.environment,
    [name('DEADLINE')]: String(given.deadline),
    ...(given.live === undefined ? {} : { [name('LIVE_RELEASE')]: given.live ?? '' }),
    ...(given.attempt === undefined ? {} : { [name('ATTEMPT')]: String(given.attempt) }),
  };
};

/**
 * The file that a command runs. One of the release's own (`./run.sh`) is not looked for: that it is missing is the release's fault, which the shell says.
 * Errors: `program-missing`: this machine does not have it, which is no word about the release.
 */
export async function executableOf({ command }: ProgramCopy, kind: ProgramKind): Promise<string> {
  const [name = ''] = command;
  if (name === 'node') return process.execPath;
  if (name.includes('/') && !isAbsolute(name)) return name;
  const places = isAbsolute(name) ? [name] : programPath.split(':').map((place) => join(place, name));
  for (const place of places) if (await isExecutable(place)) return place;
  throw new SoundBiteError(
    'program-missing',
    `the ${kind} program cannot be started: ${name} is not an executable file on this machine (looked at ${places.join(', ')})`,
  );
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK)
    .then(() => stat(path))
    .then(
      (state) => state.isFile(),
      () => false,
    );
