import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeWhole } from './files.ts';
import type { Home } from './home.ts';

/** Only directories of this form are ever made, and so only these are ever removed. */
const ours = /^\/var\/lib\/soundbite-[0-9a-f]{12}$/;

/** Directories outside a home that belong to it and still exist. */
export function outsideDirectories(home: Home): readonly string[] {
  const file = readJson(home.outsideFile) as { readonly directories: readonly string[] } | null;
  return (file?.directories ?? []).filter((path) => ours.test(path) && isDirectory(path) && belongsTo(path, home));
}

/** Records a directory before it is made. */
export function recordOutside(home: Home, directory: string): void {
  if (!ours.test(directory)) throw new Error(`${directory} is no place for a home's files`);
  writeWhole(home.outsideFile, JSON.stringify({ directories: [...new Set([...outsideDirectories(home), directory])] }));
}

function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A copied home names the directory of the home it was copied from; a moved home's former path is gone. */
function belongsTo(directory: string, home: Home): boolean {
  const note = join(directory, 'home');
  const owner = existsSync(note) ? readFileSync(note, 'utf8') : home.path;
  return owner === home.path || !existsSync(join(owner, 'outside.json'));
}
