import { type Digest, SoundBiteError } from '@soundbite/model';
import { gitSays } from './git.ts';
import type { World } from './world/world.ts';

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
  const git = (...words: readonly string[]) =>
    gitSays(root, words).catch((cause: Error) => {
      throw unreadable(root, range, cause.message);
    });
  if ((await git('rev-parse', '--is-shallow-repository')).trim() !== 'false')
    throw unreadable(root, range, 'it was not fetched whole');
  const format = '--format=%x00%aE%n%(trailers:key=Co-authored-by,valueonly)';
  const lines = (await git('log', '--use-mailmap', format, '--end-of-options', range)).split('\n');
  const authors = lines.filter((line) => line.startsWith('\0')).map((line) => line.slice(1));
  const named = new Set(lines.flatMap((line) => (line.startsWith('\0') ? [] : (contactIn(line) ?? []))));
  const mapped = named.size === 0 ? '' : await git('check-mailmap', '--end-of-options', ...named);
  const coAuthors = mapped.split('\n').flatMap((line) => contact.exec(line)?.[2] ?? []);
  return [...new Set([...authors, ...coAuthors].map((address) => address.toLowerCase()))].toSorted();
}

/** A person as git names one: `Ana <ana@example.com>`. */
const contact = /^([^<>]*)<([^<>\s]+@[^<>\s]+)>/;

/** Git maps nothing else than a name and an address; people write more behind them. */
function contactIn(line: string): string | null {
  const [, name = '', address = ''] = contact.exec(line) ?? [];
  return address === '' ? null : `${name.trim()} <${address}>`;
}

const unreadable = (root: string, range: string, why: string) =>
  new SoundBiteError('history-unreadable', `the history of ${range} in ${root} cannot be read: ${why}`);
