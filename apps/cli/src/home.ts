import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type HomeMark, homeMarkName, homePlace, isSamePlace, parseHomeMark } from '@soundbite/model/home-mark.ts';
import type { Shell } from './shell.ts';

/** Which home a directory says it is, and whether that is only because it was copied from it. */
export interface HomeNow {
  readonly mark: HomeMark;
  readonly isCopy: boolean;
}

/** Null: nothing was started there yet. Errors: `state-unreadable`. */
export async function readHome(home: string): Promise<HomeNow | null> {
  const file = join(home, homeMarkName);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
  if (text === null) return null;
  const mark = parseHomeMark(text, file);
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  return { mark, isCopy: !isSamePlace(mark.place, homePlace(await stat(home, { bigint: true }), boot)) };
}

/** The path of the home that this one is a copy of, until `up` has made it a home of its own; else null. */
export async function copiedFrom(home: string): Promise<string | null> {
  const now = await readHome(home);
  return now?.isCopy ? now.mark.path : null;
}

/** Does what makes a home its own, and says so if it was a copy before. */
export async function sayingCopy<T>(shell: Shell, start: () => Promise<T>): Promise<T> {
  const original = await copiedFrom(shell.home);
  const result = await start();
  if (original !== null) shell.host.stderr.write(`${copyText(shell.home, original, await readHome(shell.home))}\n`);
  return result;
}

function copyText(home: string, original: string, now: HomeNow | null): string {
  const first = `${home} is a copy of ${original}: it now has its own processes, ports and records; ${original} is left alone`;
  const { copied } = now?.mark ?? {};
  if (!copied?.fresh) return first;
  const why = 'the database was not copied with it, or not while it was stopped';
  return `${first}\n${why}: everything except the releases starts anew${copied.aside ? `; the old state is in ${copied.aside}` : ''}`;
}
