import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'vite';
import { dashboardRoom, viteConfig } from './config.ts';

// npm run dashboard: the page as its sources are, built anew while they are written. It asks the control plane of SOUNDBITE_URL, or of the home.

/** The routes of the control plane that the page needs. */
const passedOn = ['/v1', '/enter'];

function controlPlaneUrl(): string {
  const { SOUNDBITE_URL: url, SOUNDBITE_HOME: home = join(dashboardRoom, '../../.soundbite') } = process.env;
  const address = join(home, 'control-plane.json');
  if (url !== undefined) return url;
  if (!existsSync(address)) throw new Error(`no control plane runs on ${home}: ./scripts/soundbite.sh up`);
  return (JSON.parse(readFileSync(address, 'utf8')) as { url: string }).url;
}

const url = controlPlaneUrl();
// Like the control plane itself, for this machine alone. A cookie knows no port: a browser that `soundbite open` let in is let in here, too. The Host stays: a
// change must come from the page of that Host.
const proxy = Object.fromEntries(passedOn.map((path) => [path, { target: url, changeOrigin: false }]));
const server = await createServer({ ...viteConfig, server: { host: '127.0.0.1', port: 5173, proxy } });
await server.listen();
process.stdout.write(`The page over ${url}. Let the browser in first: ./scripts/soundbite.sh open\n`);
server.printUrls();
