import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DemoJournal } from '@soundbite/model/demo/journal.ts';
import { SoundBiteError } from '@soundbite/model/errors.ts';

const run = promisify(execFile);

/** The scratch copy of a demo. */
export const treeIn = (home: string): string => join(home, 'demo');

/** It is there exactly as long as something of a demo may be. */
const journalIn = (home: string): string => join(home, 'demo.json');

/** Before anything is done. Errors: `demo-not-now` where another demo has just begun. */
export const beginJournal = (home: string, journal: DemoJournal): Promise<void> =>
  written(home, journal, async (made, file) => {
    await link(made, file).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? another(home) : error;
    });
  });

/** Whole or not at all, before what it tells of is done. */
export const writeJournal = (home: string, journal: DemoJournal): Promise<void> => written(home, journal, rename);

async function written(
  home: string,
  journal: DemoJournal,
  put: (made: string, file: string) => Promise<void>,
): Promise<void> {
  const made = `${journalIn(home)}.${process.pid}`;
  try {
    await writeFile(made, JSON.stringify(journal), { mode: 0o600 });
    await put(made, journalIn(home));
  } finally {
    await rm(made, { force: true });
  }
}

/** What a demo left in this home; null: nothing. */
export async function readJournal(home: string): Promise<DemoJournal | null> {
  const text = await readFile(journalIn(home), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
  return text === null ? null : DemoJournal.parse(JSON.parse(text));
}

/** Nothing is left of it. */
export const endJournal = (home: string): Promise<void> => rm(journalIn(home), { force: true });

/** Refuses while the demo that wrote it still runs; a pid that another program has by now is no demo. Errors: `demo-not-now`. */
export async function refuseRunning(home: string, { pid }: DemoJournal, processes = '/proc'): Promise<void> {
  const words = existsSync(processes)
    ? (await readFile(`${processes}/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
    : (await toldByPs(pid)).trim().split(/\s+/);
  if (words.includes('demo')) throw another(home, ` (pid ${pid})`);
}

/** The command line of a process, where the system has no /proc; empty: there is none. */
const toldByPs = (pid: number): Promise<string> =>
  run('ps', ['-o', 'args=', '-p', String(pid)]).then(
    ({ stdout }) => stdout,
    () => '',
  );

const another = (home: string, which = '') =>
  new SoundBiteError('demo-not-now', `another demo runs on ${home}${which}`, {
    hint: 'wait for it, or end it by Ctrl-C',
  });
