import { lstatSync } from 'node:fs';
import { readJson, writeWhole } from './files.ts';
import type { Home } from './home.ts';

/** Only directories of this form are ever made, and so only these are ever removed. */
const ours = /^\/var\/(lib|tmp)\/soundbite-[0-9a-f]{12}$/;

/** Directories outside a home that belong to it and still exist. */
export function outsideDirectories(home: Home): readonly string[] {
  const recorded =
    (readJson(home.outsideFile) as { readonly directories: readonly string[] } | null)?.directories ?? [];
  return recorded.filter(
    (path) => ours.test(path) && lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true,
  );
}

/** Records a directory before it is made. */
export function recordOutside(home: Home, directory: string): void {
  if (!ours.test(directory)) throw new Error(`${directory} is no place for a home's files`);
  writeWhole(home.outsideFile, JSON.stringify({ directories: [...new Set([...outsideDirectories(home), directory])] }));
}
