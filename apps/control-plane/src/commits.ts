import type { Release } from '@soundbite/model';
import { gitSays } from './git.ts';
import { NotComparable } from './not-comparable.ts';

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
    return (await logged(root, range, 50)).map(({ side: _, ...commit }) => commit);
  } catch {
    return null;
  }
}

/** Of commits that were read: they never change. */
const subjects = new Map<string, string>();

/** What a commit says of itself, first line; null where git cannot say (another clone, a rewritten history), or it says nothing. */
export async function subjectOf(root: string, commit: string): Promise<string | null> {
  const [read] = subjects.has(commit) ? [] : await logged(root, commit, 1).catch(noneComparable);
  if (read) subjects.set(commit, read.subject.trim());
  return subjects.get(commit) || null;
}

function noneComparable(error: unknown): [] {
  if (error instanceof NotComparable) return [];
  throw error;
}

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
  const commits = all.slice(0, mostCommits).map(({ side, ...commit }) => ({
    ...commit,
    only: side === '<' ? ('from' as const) : ('to' as const),
  }));
  return { commits, most: all.length > mostCommits };
}

async function logged(root: string, range: string, count: number, ...more: readonly string[]) {
  const format = ['--format=%m%x09%H%x09%s', `--max-count=${count}`, ...more];
  const said = await gitSays(root, ['log', ...format, '--end-of-options', range]).catch((cause: Error) => {
    throw new NotComparable(`git cannot read ${range} in ${root}: ${cause.message}`, { cause });
  });
  return said
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [side = '', commit = '', ...subject] = line.split('\t');
      return { side, commit, subject: subject.join('\t') };
    });
}
