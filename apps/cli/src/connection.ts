import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, ControlPlaneAddress, connect, type Locate } from '@soundbite/client';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { copiedFrom, readHome } from './home.ts';
import { namedEndpoint, ownToken } from './named-endpoint.ts';
import { mustBeOurs } from './own-home.ts';
import type { Shell } from './shell.ts';

/**
 * Where to ask, and with which token: what SOUNDBITE_URL and SOUNDBITE_TOKEN say, else control-plane.json, which is read each time: a restarted control
 * plane may have another port. Errors: `control-plane-down`, `usage`.
 */
function locator(shell: Shell): Locate {
  const named = namedEndpoint(shell);
  if (named) return async () => named;
  const own = ownToken(shell.host.env);
  return async () => {
    const address = await readAddress(shell);
    if (address) return own === null ? address : { ...address, token: own };
    const original = await copiedFrom(shell.home);
    const copy =
      original === null ? '' : `: ${shell.home} is a copy of ${original}, whose control plane is another one`;
    throw new SoundBiteError('control-plane-down', `the control plane is not running${copy}`, {
      hint: './scripts/soundbite.sh up',
    });
  };
}

/** Where this shell's control plane is reached. Errors: `control-plane-down`, `usage`. */
export const addressFor = async (shell: Shell): Promise<string> => (await locator(shell)()).url;

/** Where the control plane says it is; null when it never started, its file is half written, or another home's (this one is a copy). Error `home-foreign`. */
export async function readAddress(shell: Shell): Promise<ControlPlaneAddress | null> {
  await mustBeOurs(shell, 'ask');
  const text = await readFile(join(shell.home, 'control-plane.json'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const address = parsed(text);
  const home = address && (await readHome(shell.home));
  const isForeign = home && (home.isCopy || (address.home !== undefined && address.home !== home.mark.id));
  return isForeign ? null : address;
}

function parsed(text: string): ControlPlaneAddress | null {
  try {
    return ControlPlaneAddress.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/**
 * The client of the control plane on this machine. It reports once that the connection broke, or that nothing answers; not of the control plane that
 * `--standalone` started, which nobody restarts: the command ends with it and says why.
 */
export function connectTo(shell: Shell): Client {
  let said = shell.standalone;
  return connect(locator(shell), {
    onReconnect: () => {
      if (!said) shell.host.stderr.write('the control plane went away; trying to reach it again\n');
      said = true;
    },
    onSilent: (message) => void shell.host.stderr.write(`${message}\n`),
  });
}
