import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { linkFile } from '../link-file.ts';
import { chosen, givenNames } from '../names.ts';
import { makePageLink } from '../page-link.ts';
import type { CommandResult, Shell } from '../shell.ts';

export const run: CommandAction = (shell, args) => (givenNames(args).length > 0 ? services(shell, args) : page(shell));

/** The control plane's page, by a link that lets one browser in. */
async function page(shell: Shell): Promise<CommandResult> {
  const { link, expires } = await makePageLink(shell);
  await openLink(shell, link);
  return { document: { link, expires }, text: link };
}

/** By a file that leads to it. Where there is no home to write that into, the link that is printed has to do. */
async function openLink(shell: Shell, link: string): Promise<void> {
  if (!hasDisplay(shell)) return;
  const file = await linkFile(shell.home, link);
  if (file !== null && !(await openBrowser(shell, pathToFileURL(file).href))) await rm(file, { force: true });
}

async function services(shell: Shell, args: Parameters<CommandAction>[1]): Promise<CommandResult> {
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
}

function noAddress(name: string): never {
  throw new SoundBiteError('no-url', `${name} has no address yet`, {
    hint: `soundbite promote ${name}`,
  });
}

const hasDisplay = ({ host: { env } }: Shell): boolean => Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);

/** True when a browser was started. Without a display, or without xdg-open, the address that is printed has to do. Every user of the machine can read `url`. */
function openBrowser(shell: Shell, url: string): Promise<boolean> {
  const { host } = shell;
  if (!hasDisplay(shell)) return Promise.resolve(false);
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
