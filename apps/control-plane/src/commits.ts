import type { CommitText, Release } from '@soundbite/model';
import { gitSays } from './git.ts';
import { NotComparable } from './not-comparable.ts';
import { saidOnce } from './said-once.ts';

type Committed = { readonly provenance: Pick<Release['provenance'], 'commit'> };

/** A commit as people know it. */
export interface Commit {
  readonly commit: string;
  readonly subject: string;
}

/** Commits that the release adds, newest first; null when git cannot say (another clone, a rewritten history). */
export async function newCommits(
  root: string,
  current: Committed | null,
  release: Committed,
): Promise<Commit[] | null> {
  const range = current ? `${current.provenance.commit}..${release.provenance.commit}` : release.provenance.commit;
  try {
    return (await logged(root, range, 50)).map(({ commit, subject }) => ({ commit, subject }));
  } catch {
    return null;
  }
}

/** What a commit says of itself; null where it says nothing, or git cannot say: another clone, a rewritten history. */
export async function commitText(root: string, commit: string): Promise<CommitText | null> {
  const [read] = await logged(root, commit, 1).catch(orElse([]));
  const [subject, author] = [read?.subject.trim() || null, read?.author.trim() || null];
  return subject === null && author === null ? null : { subject, author };
}

/** By both ends. */
const counts = saidOnce<number>();

/** How many commits `to` has that `from` has not; null where git cannot say. */
export async function commitsAhead(root: string, from: string, to: string): Promise<number | null> {
  if (from === to) return 0;
  const range = `${from}..${to}`;
  return counts.of(`${root} ${range}`, async () => {
    const said = await read(root, range, ['rev-list', '--count']).catch(orElse(null));
    return said === null ? null : Number(said);
  });
}

/** Instead of what git cannot read. */
const orElse =
  <Value>(value: Value) =>
  (error: unknown): Value => {
    if (error instanceof NotComparable) return value;
    throw error;
  };

/** Commits that only one of two has, newest first. `most`: there are more than these. */
export interface CommitsApart {
  readonly commits: readonly (Commit & { readonly only: 'from' | 'to' })[];
  readonly most: boolean;
}

/** So many commits are read at most. */
export const mostCommits = 500;

/** Errors: `NotComparable`, where the history cannot be read, or lacks one: another clone, a rewritten history, no git. */
export async function commitsApart(root: string, from: string, to: string): Promise<CommitsApart> {
  if (from === to) return { commits: [], most: false };
  const all = await logged(root, `${from}...${to}`, mostCommits + 1, '--left-right');
  const commits = all.slice(0, mostCommits).map(({ side, commit, subject }) => ({
    ...{ commit, subject },
    only: side === '<' ? ('from' as const) : ('to' as const),
  }));
  return { commits, most: all.length > mostCommits };
}

/** So many hexadecimal digits may be the beginning of a commit. */
const digits = /^[0-9a-f]{4,64}$/i;

/**
 * Commits in the history behind `head` that somebody means, newest first, `most` of them: the one that begins with these digits, and those whose messages have all words, in any
 * case. `find` begins and ends with no space. Null where git cannot say: another clone, a rewritten history.
 */
export async function commitsMeant(root: string, head: string, find: string, most: number): Promise<Commit[] | null> {
  const words = find.split(/\s+/).map((word) => `--grep=${word}`);
  const ways = ['--fixed-strings', '--regexp-ignore-case', '--all-match', ...words];
  const said = await logged(root, head, most, ...ways).catch(orElse(null));
  if (said === null) return null;
  const named = digits.test(find) ? await behind(root, head, find) : [];
  const others = said.filter(({ commit }) => commit !== named[0]?.commit);
  return [...named, ...others].slice(0, most).map(({ commit, subject }) => ({ commit, subject }));
}

/** The commit that begins with these digits, if `head` has it: none, where several begin so. */
async function behind(root: string, head: string, beginning: string) {
  const one = await logged(root, beginning, 1).catch(orElse([]));
  const [found] = one;
  if (!found?.commit.startsWith(beginning.toLowerCase())) return [];
  const missing = await read(root, `${head}..${found.commit}`, ['rev-list', '--max-count=1']);
  return missing.trim() === '' ? one : [];
}

async function logged(root: string, range: string, count: number, ...more: readonly string[]) {
  const format = ['--format=%m%x09%H%x09%an%x09%s', `--max-count=${count}`, ...more];
  return (await read(root, range, ['log', ...format]))
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [side = '', commit = '', author = '', ...subject] = line.split('\t');
      return { side, commit, author, subject: subject.join('\t') };
    });
}

const read = (root: string, range: string, words: readonly string[]): Promise<string> =>
  gitSays(root, [...words, '--end-of-options', range]).catch((cause: Error) => {
    throw new NotComparable(`git cannot read ${range} in ${root}: ${cause.message}`, { cause });
  });
