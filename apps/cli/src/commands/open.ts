import { spawn } from 'node:child_process';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { Run } from '../catalogue.ts';
import { connectTo } from '../connection.ts';
import type { Shell } from '../shell.ts';

export const run: Run = async (shell, [name = '']) => {
  const { environments } = await connectTo(shell).status();
  const environment = environments.find((one) => one.name === name);
  if (!environment)
    throw new SoundBiteError('environment-unknown', `${name} is no declared environment`, { source: 'user' });
  const { url } = environment;
  if (url === null) {
    throw new SoundBiteError('no-url', `${name} has no address yet`, {
      source: 'user',
      mend: `soundbite promote ${name}`,
    });
  }
  const opened = await openBrowser(shell, url);
  return { document: { environment: name, url, opened }, text: url };
};

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
