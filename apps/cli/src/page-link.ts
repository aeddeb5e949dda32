import { shownAddressOf, shownUrl } from '@soundbite/model/shown-url.ts';
import { addressFor, connectTo } from './connection.ts';
import type { Shell } from './shell.ts';

/** A link that lets one browser in to the control plane's page, as who asks; `expires` in ISO 8601. A secret until it is followed. */
export async function makePageLink(shell: Shell): Promise<{ readonly link: string; readonly expires: string }> {
  const { path, expires } = await connectTo(shell).pageLink();
  const { env } = shell.host;
  // What SOUNDBITE_URL names is reached as it says.
  const shown = env.SOUNDBITE_URL ? undefined : shownAddressOf(env);
  return { link: shownUrl(`${await addressFor(shell)}${path}`, shown), expires };
}
