import { constants, existsSync, readFileSync } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { homeMarkName } from '@soundbite/model/home-mark.ts';
import type { Shell } from './shell.ts';

/** The intended use of a home: create or start it, stop it, or only ask its control plane. */
type Use = 'start' | 'end' | 'ask';

/** Refuses a home that is a file, or inside one. Errors: `home-no-directory`. */
export async function mustBeDirectory({ home }: Shell): Promise<void> {
  for (let path = home; ; path = dirname(path)) {
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory() || path === '/') return;
    if (found === null) continue;
    throw new SoundBiteError('home-no-directory', `${home} cannot be used: ${path} is not a directory`, {
      hint: 'SOUNDBITE_HOME=<directory> ./scripts/soundbite.sh …, or unset SOUNDBITE_HOME',
    });
  }
}

/**
 * Refuses the home of another user before file after file does. Root may end and ask what others started; what it started in their homes, they could
 * not go on with. Errors: `home-foreign`.
 */
export async function mustBeOurs(shell: Shell, use: Use): Promise<void> {
  const own = process.getuid?.() ?? 0;
  const found = await stat(shell.home).catch((error: NodeJS.ErrnoException) => error.code);
  if (typeof found === 'object') {
    const isOurs = found.uid === own || (own === 0 && (use !== 'start' || !existsSync(join(shell.home, homeMarkName))));
    if (!isOurs) throw foreign(shell, `${shell.home} belongs to ${nameOf(found.uid)}`, found.uid, own);
    return;
  }
  const closed = await firstClosed(shell.home, use);
  if (closed === null) return;
  const { uid } = await stat(closed);
  throw foreign(shell, `${shell.home} cannot be used: ${closed} belongs to ${nameOf(uid)}`, uid, own);
}

/** The nearest directory above that is there, if this user may not do there what has to be done; else null. */
async function firstClosed(path: string, use: Use): Promise<string | null> {
  const parent = dirname(path);
  if (parent === path) return null;
  const found = await stat(parent).catch((error: NodeJS.ErrnoException) => error.code);
  if (found === 'ENOENT' || found === 'EACCES') return firstClosed(parent, found === 'EACCES' ? 'ask' : use);
  const wanted = use === 'start' ? constants.W_OK | constants.X_OK : constants.X_OK;
  return access(parent, wanted).then(
    () => null,
    ({ code }: NodeJS.ErrnoException) => (code === 'EACCES' ? parent : null),
  );
}

function foreign({ installation }: Shell, message: string, owner: number, own: number): SoundBiteError {
  const ways = [
    `run it as ${nameOf(owner)}`,
    'with your own state: SOUNDBITE_HOME=<directory> ./scripts/soundbite.sh …',
    ...(own === 0 ? [] : [`in your own clone: git clone ${installation}`]),
  ];
  return new SoundBiteError('home-foreign', `${message}, and this is ${nameOf(own)}`, {
    hint: ways.join(', or '),
  });
}

function nameOf(uid: number): string {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.split(':')[2] === String(uid));
  return line?.split(':')[0] ?? `user ${uid}`;
}
