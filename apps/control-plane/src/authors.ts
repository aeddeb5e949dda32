import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Digest, SoundBiteError } from '@soundbite/model';
import type { World } from './world/world.ts';

const run = promisify(execFile);

/** A co-author as commits name one: `Ana <ana@example.com>`. */
const named = /<([^<>\s]+@[^<>\s]+)>/;

/**
 * Who wrote what a release adds, from the history of the repository in `root`: authors and the co-authors of their commits, as `.mailmap` says they are.
 * What was read of two commits is remembered, since they do not change.
 */
export function authorsIn(root: string, releases: Pick<World['releases'], 'get'>) {
  const read = new Map<string, readonly string[]>();
  const commitOf = async (release: Digest) => (await releases.get(release)).provenance.commit;
  return async (live: Digest | null, release: Digest): Promise<readonly string[]> => {
    const to = await commitOf(release);
    const range = live === null ? to : `${await commitOf(live)}..${to}`;
    const found = read.get(range) ?? (await authorsOf(root, range));
    read.set(range, found);
    return found;
  };
}

/** Errors: `history-unreadable`: another clone, a rewritten history, one that was not fetched whole. */
async function authorsOf(root: string, range: string): Promise<readonly string[]> {
  const git = (...words: readonly string[]) => said(root, range, words);
  if ((await git('rev-parse', '--is-shallow-repository')).trim() !== 'false')
    throw unreadable(root, range, 'it was not fetched whole');
  const format = '--format=%x00%aE%n%(trailers:key=Co-authored-by,valueonly)';
  const lines = (await git('log', '--use-mailmap', format, '--end-of-options', range)).split('\n').filter(Boolean);
  const plain = lines.filter((line) => line.startsWith('\0')).map((line) => line.slice(1));
  const others = lines.filter((line) => !line.startsWith('\0') && named.test(line));
  const mapped = others.length === 0 ? '' : await git('check-mailmap', '--end-of-options', ...new Set(others));
  const coAuthors = mapped.split('\n').flatMap((line) => named.exec(line)?.[1] ?? []);
  return [...new Set([...plain, ...coAuthors].map((address) => address.toLowerCase()))].toSorted();
}

const said = (root: string, range: string, words: readonly string[]): Promise<string> =>
  run('git', ['-C', root, ...words], { maxBuffer: 16 * 1024 * 1024 }).then(
    ({ stdout }) => stdout,
    (error: Error & { readonly stderr?: string }) => {
      throw unreadable(root, range, error.stderr?.trim().split('\n')[0] || error.message);
    },
  );

const unreadable = (root: string, range: string, why: string) =>
  new SoundBiteError('history-unreadable', `the history of ${range} in ${root} cannot be read: ${why}`);
