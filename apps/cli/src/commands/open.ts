import { spawn } from 'node:child_process';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { chosen } from '../names.ts';
import type { Shell } from '../shell.ts';

export const run: CommandAction = async (shell, args) => {
  const { names, one } = await chosen(shell, args);
  const { environments } = await connectTo(shell).status(names);
  // Either all have an address, or nothing is opened.
  const addresses = environments.map(({ name, url }) => ({ environment: name, url: url ?? noAddress(name) }));
  const opened = await Promise.all(
    addresses.map(async (address) => ({ ...address, opened: await openBrowser(shell, address.url) })),
  );
  return {
    document: one === null ? { environments: opened } : opened[0],
    text: addresses.map(({ url }) => url).join('\n'),
  };
};

function noAddress(name: string): never {
  throw new SoundBiteError('no-url', `${name} has no address yet`, {
    hint: `soundbite promote ${name}`,
  });
}

/** True when a browser was started. Without a display, or without xdg-open, the address that is printed has to do. */
function openBrowser({ host }: Shell, url: string): Promise<boolean> {
  if (!host.env.DISPLAY && !host.env.WAYLAND_DISPLAY) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn('xdg-open', [url], {
      stdio: 'ignore',
      detached: true,
      env: { ...host.env } as NodeJS.ProcessEnv,
    });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
