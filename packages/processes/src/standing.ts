import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { HomeMark, HomePlace } from '@soundbite/model/home-mark.ts';
import { homePlace, isSamePlace, parseHomeMark } from '@soundbite/model/home-mark.ts';
import { writeWhole } from './files.ts';
import type { HomePaths } from './home.ts';
import { homeAt } from './home.ts';
import { boot } from './identity.ts';

/**
 * Whose home a directory is. `copy`: it was copied from the home that its mark names (or restored, or moved to another disk), so nothing that is
 * recorded in it is its own. `new`: nobody has marked it yet.
 */
export type HomeStanding =
  | { readonly kind: 'own'; readonly mark: HomeMark }
  | { readonly kind: 'copy'; readonly mark: HomeMark }
  | { readonly kind: 'new' };

/** Errors: `state-unreadable`. */
export function homeStanding(home: HomePaths): HomeStanding {
  const mark = readMark(home.markFile);
  if (mark === null) return { kind: 'new' };
  return { kind: isSamePlace(mark.place, placeNow(home)) ? 'own' : 'copy', mark };
}

/** Whether what carries this identity is recorded by this home. What was recorded before homes had one carries none. */
export function isRecordedHere(home: HomePaths, id: string | undefined): boolean {
  const now = homeStanding(home);
  if (now.kind === 'copy') return false;
  return id === undefined || (now.kind === 'own' && now.mark.id === id);
}

/** The identity of a home, which it gets here if it has none. Not for a copy, before its host has made it a home of its own. */
export function homeId(home: HomePaths): string {
  const now = homeStanding(home);
  if (now.kind === 'own') return now.mark.id;
  if (now.kind === 'copy')
    throw new Error(`${home.path} is a copy of ${now.mark.path}, and no host has made it its own`);
  return firstMark(home).id;
}

/** The same for a path. */
export const homeIdAt = (path: string): string => homeId(homeAt(path));

/** Writes which home this is, here and now. */
export function mark(home: HomePaths, what: Pick<HomeMark, 'id' | 'copied'>): HomeMark {
  const written = { ...what, path: home.path, place: placeNow(home) };
  writeWhole(home.markFile, JSON.stringify(written));
  return written;
}

/** 32 hex digits that no other home has. */
export const newHomeId = () => randomBytes(16).toString('hex');

/** Of several that mark a new home at once the first one wins. */
function firstMark(home: HomePaths): HomeMark {
  const mine = `${home.markFile}.${process.pid}`;
  writeWhole(mine, JSON.stringify({ id: newHomeId(), path: home.path, place: placeNow(home) }));
  try {
    linkSync(mine, home.markFile);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(mine);
  }
  return parseHomeMark(readFileSync(home.markFile, 'utf8'), home.markFile);
}

function readMark(file: string): HomeMark | null {
  try {
    return parseHomeMark(readFileSync(file, 'utf8'), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function placeNow(home: HomePaths): HomePlace {
  return homePlace(statSync(home.path, { bigint: true }), boot());
}
