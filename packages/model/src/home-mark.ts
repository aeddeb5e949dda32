import { SoundBiteError } from './errors.ts';

/** The file in a home that says which home this directory is. */
export const homeMarkName = 'home.json';

/**
 * Which directory on which disk, as texts. A copy cannot have it: inode and time of birth are the file system's, and it makes new ones.
 * `device` may get another number at a restart of the machine, so it counts within one boot only.
 */
export interface HomePlace {
  readonly device: string;
  readonly inode: string;
  /** Nanoseconds since 1970; "0" on file systems that do not know it. It detects a reused inode. */
  readonly born: string;
  readonly boot: string;
}

/** Content of `<home>/home.json`. A copy of the home brings it along, but not the place that it names. */
export interface HomeMark {
  /** 32 hex digits, random. All that is recorded in a home carries it. */
  readonly id: string;
  /** Where the home was when it was last used. */
  readonly path: string;
  readonly place: HomePlace;
  /** Set when it was made from a copy: of which home, whether its database and accounts started empty, and where the unusable files are. */
  readonly copied?: { readonly of: string; readonly fresh: boolean; readonly aside: string | null };
}

/** `stats` are bigint stats of the directory; `boot` is /proc/sys/kernel/random/boot_id. */
export function homePlace(
  stats: { readonly dev: bigint; readonly ino: bigint; readonly birthtimeNs: bigint },
  boot: string,
): HomePlace {
  return { device: `${stats.dev}`, inode: `${stats.ino}`, born: `${stats.birthtimeNs}`, boot };
}

/** Whether a recorded place is the one that is there now. */
export function isSamePlace(recorded: HomePlace, now: HomePlace): boolean {
  const sameDisk = recorded.device === now.device || recorded.boot !== now.boot;
  return sameDisk && recorded.inode === now.inode && recorded.born === now.born;
}

/** The text of a mark. Errors: `state-unreadable`. */
export function parseHomeMark(text: string, file: string): HomeMark {
  const mark = parsed(text) as HomeMark | null;
  if (/^[0-9a-f]{32}$/.test(mark?.id ?? '') && typeof mark?.path === 'string' && mark.place?.inode !== undefined)
    return mark;
  throw new SoundBiteError('state-unreadable', `${file} does not say which home this is`, {
    hint: `remove ${file}, then run the command again: the home gets a new identity`,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
