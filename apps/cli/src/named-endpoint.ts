import type { Endpoint } from '@soundbite/client';
import { isLoopbackHost } from '@soundbite/model/loopback.ts';
import { usageError } from './exits.ts';
import type { Shell } from './shell.ts';

/** The control plane that SOUNDBITE_URL names, asked with SOUNDBITE_TOKEN; null: the home's own is meant. Errors: `usage`. */
export function namedEndpoint({ host: { env } }: Pick<Shell, 'host'>): Endpoint | null {
  const { SOUNDBITE_URL: url } = env;
  if (!url) return null;
  // It listens on its own loopback interface, and is reached by a tunnel, which ends on ours: no token goes over a network as it stands.
  if (!URL.canParse(url) || new URL(url).protocol !== 'http:' || !isLoopbackHost(new URL(url).host))
    throw usageError(`SOUNDBITE_URL is ${JSON.stringify(url)}`, 'name it as http://127.0.0.1:<port>, e.g. of a tunnel');
  const token = ownToken(env);
  if (token === null)
    throw usageError(
      'SOUNDBITE_URL names a control plane, and SOUNDBITE_TOKEN no token',
      'soundbite token create there',
    );
  return { url, token };
}

/** SOUNDBITE_TOKEN; null: there is none. One that no header can hold is refused before anybody is asked. Errors: `usage`. */
export function ownToken({ SOUNDBITE_TOKEN: token }: Shell['host']['env']): string | null {
  if (!token) return null;
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw usageError('SOUNDBITE_TOKEN is no token', 'use it as it was printed: soundbite token create --help');
}

/** Refuses what acts on processes of this machine while another control plane is meant. Errors: `usage`. */
export function mustBeHere(shell: Shell, what: string): void {
  const { SOUNDBITE_URL: url } = shell.host.env;
  if (url) throw usageError(`${what} acts on this machine, and SOUNDBITE_URL names ${url}`, 'unset SOUNDBITE_URL');
}
