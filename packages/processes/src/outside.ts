import { existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeWhole } from './files.ts';
import type { HomePaths } from './home.ts';
import { isRecordedHere } from './standing.ts';

/** Only directories of this form are ever made, and so only these are ever removed. */
const ours = /^\/var\/lib\/soundbite-[0-9a-f]{12}$/;

/** The directory outside that a home of this identity may have. */
export const outsideFor = (id: string) => `/var/lib/soundbite-${id.slice(0, 12)}`;

/** Directories outside a home that belong to it and still exist. */
export function outsideDirectories(home: HomePaths): readonly string[] {
  return recorded(home).filter((path) => belongsTo(path, home));
}

/** The directory that the file of a copied home names, if it belongs to the home with this identity. */
export function outsideNamedIn(home: HomePaths, id: string): string | null {
  return recorded(home).find((path) => ownerOf(path)?.id === id) ?? null;
}

/** Records a directory before it is made. */
export function recordOutside(home: HomePaths, directory: string): void {
  if (!ours.test(directory)) throw new Error(`${directory} is no place for a home's files`);
  writeWhole(home.outsideFile, JSON.stringify({ directories: [...new Set([...outsideDirectories(home), directory])] }));
}

/** Writes the owner into a directory. */
export function noteOwner(directory: string, home: HomePaths, id: string): void {
  writeFileSync(join(directory, 'home'), JSON.stringify({ id, path: home.path }));
}

/** Removes the directory of a home that somebody has removed by hand. */
export function removeOutsideOf(id: string): void {
  const directory = outsideFor(id);
  if (isDirectory(directory) && ownerOf(directory)?.id === id) rmSync(directory, { recursive: true, force: true });
}

function recorded(home: HomePaths): readonly string[] {
  const file = readJson(home.outsideFile) as { readonly directories: readonly string[] } | null;
  return (file?.directories ?? []).filter((path) => ours.test(path) && isDirectory(path));
}

function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

interface Owner {
  readonly id?: string;
  readonly path: string;
}

/** The owner of a directory. Older directories, from before homes had an identity, only name a path. */
function ownerOf(directory: string): Owner | null {
  const note = join(directory, 'home');
  if (!existsSync(note)) return null;
  const text = readFileSync(note, 'utf8');
  return text.startsWith('{') ? (JSON.parse(text) as Owner) : { path: text };
}

function belongsTo(directory: string, home: HomePaths): boolean {
  const owner = ownerOf(directory);
  if (owner?.id !== undefined) return isRecordedHere(home, owner.id);
  return isRecordedHere(home, undefined) && (owner === null || owner.path === home.path || !existsSync(owner.path));
}
