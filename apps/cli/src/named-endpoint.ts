import type { Endpoint } from '@soundbite/client';
import { isLoopbackHost } from '@soundbite/model/loopback.ts';
import { usageError } from './exits.ts';
import type { Shell } from './shell.ts';

/** The control plane that SOUNDBITE_URL names, asked with SOUNDBITE_TOKEN; null: the home's own is meant. Errors: `usage`. */
export function namedEndpoint({ host: { env } }: Pick<Shell, 'host'>): Endpoint | null {
  const { SOUNDBITE_URL: url, SOUNDBITE_TOKEN: token } = env;
  if (!url) return null;
  // It listens on its own loopback interface, and is reached by a tunnel, which ends on ours: no token goes over a network as it stands.
  if (!URL.canParse(url) || new URL(url).protocol !== 'http:' || !isLoopbackHost(new URL(url).host))
    throw usageError(`SOUNDBITE_URL is ${JSON.stringify(url)}`, 'name it as http://127.0.0.1:<port>, e.g. of a tunnel');
  if (!token)
    throw usageError(
      'SOUNDBITE_URL names a control plane, and SOUNDBITE_TOKEN no token',
      'soundbite token create there',
    );
  return { url, token };
}

/** Refuses what acts on processes of this machine while another control plane is meant. Errors: `usage`. */
export function mustBeHere(shell: Shell, what: string): void {
  const { SOUNDBITE_URL: url } = shell.host.env;
  if (url) throw usageError(`${what} acts on this machine, and SOUNDBITE_URL names ${url}`, 'unset SOUNDBITE_URL');
}
