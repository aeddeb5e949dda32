import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Where the npm package keeps what it can make again, for all repositories of a user: compiled code and the emulator's Python. Not below node_modules, which
 * `npm ci` empties and others may own.
 * @param {Readonly<Record<string, string | undefined>>} env
 */
export function cacheDirectory({ XDG_CACHE_HOME: cache, HOME: home }) {
  return join(cache && isAbsolute(cache) ? cache : join(home || homedir(), '.cache'), 'soundbite');
}
