import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What may stand in a user's home about that user's own work, by file. */
const files: Readonly<Record<string, string>> = {
  '.gitconfig':
    '[core]\n\tautocrlf = true\n[commit]\n\tgpgsign = true\n[diff]\n\texternal = false\n[safe]\n\tdirectory = *\n',
  '.npmrc': 'ignore-scripts=true\nomit=dev\nprefix=/nonexistent\nloglevel=silly\nlegacy-peer-deps=true\njson=true\n',
  '.aws/credentials': '[default]\naws_access_key_id = AKIAELSEWHERE\naws_secret_access_key = elsewhere\n',
  '.aws/config': '[default]\nregion = us-gov-west-1\nendpoint_url = http://127.0.0.1:9\n',
  '.pgpass': '*:*:*:*:elsewhere\n',
  '.config/pip/pip.conf': '[global]\nindex-url = http://127.0.0.1:9/simple\n',
};

/**
 * A home with such files, at one path for all runs: it is part of what a control plane was started with. npm's cache is the user's own, so that
 * nothing has to be fetched.
 */
export function usersHome(root: string): string {
  const home = join(root, 'node_modules/.cache/soundbite-users-home');
  for (const [name, text] of Object.entries(files)) {
    const file = join(home, name);
    mkdirSync(dirname(file), { recursive: true });
    putWhole(file, (making) => writeFileSync(making, text, { mode: 0o600 }));
  }
  const cache = join(home, '.npm');
  if (!existsSync(cache)) putWhole(cache, (making) => symlinkSync(npmCache(), making));
  return home;
}

/** Several files of tests make it at once, and programs read it meanwhile: each part is there whole, whoever was last. */
function putWhole(path: string, make: (making: string) => void): void {
  const making = `${path}.${process.pid}`;
  make(making);
  renameSync(making, path);
}

/** Where npm keeps the archives of what is installed here: they prove what is bundled. */
export const npmCache = (): string => npmSetting('cache');

/** What npm itself says of one of its settings. */
export const npmSetting = (name: string): string =>
  execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim();
