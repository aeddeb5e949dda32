import { type Digest, type Provenance, SoundBiteError } from '@soundbite/model';
import { gitSays } from './git.ts';
import type { World } from './world/world.ts';

/**
 * Who wrote what a release adds, from the history of the repository in `root`: authors and co-authors of its commits, by every address that is theirs: the one
 * in the commit, and those that the `.mailmap` of the release's own commit gives them. What was read of two commits is remembered, since they do not change.
 * Errors: `history-unreadable`: another clone, a rewritten history, one that was not fetched whole, a release that holds what no commit has.
 */
export function authorsIn(root: string, releases: Pick<World['releases'], 'get'>) {
  const read = new Map<string, readonly string[]>();
  const cutFrom = async (release: Digest) => (await releases.get(release)).provenance;
  return async (live: Digest | null, release: Digest): Promise<readonly string[]> => {
    const to = committed(release, await cutFrom(release));
    const from = live === null ? null : await cutFrom(live);
    // Nobody knows how what is live differs from its commit, so anything of the release may be new there.
    const range = from === null || !isItsCommit(from) ? to : `${from.commit}..${to}`;
    const found = read.get(range) ?? (await authorsOf(root, range, to));
    read.set(range, found);
    return found;
  };
}

const isItsCommit = ({ dirty, adopted }: Provenance): boolean => !dirty && adopted === undefined;

/** The commit that has all of a release. */
function committed(release: Digest, provenance: Provenance): string {
  if (isItsCommit(provenance)) return provenance.commit;
  const [what, hint] = provenance.adopted
    ? ['was adopted, so no commit has what is in it', 'cut a release from a commit, and promote that']
    : ['was cut with changes that no commit has', 'commit them, and cut again'];
  throw new SoundBiteError('history-unreadable', `nobody knows who wrote ${release}: it ${what}`, { hint });
}

/** Of the history alone: no file of the working tree makes somebody else of an author. */
async function authorsOf(root: string, range: string, to: string): Promise<readonly string[]> {
  const says = (directory: string, words: readonly string[]) =>
    gitSays(directory, words).catch((cause: Error) => {
      throw unreadable(root, range, cause.message);
    });
  const [shallow, directory = ''] = (
    await says(root, ['rev-parse', '--is-shallow-repository', '--absolute-git-dir'])
  ).split('\n');
  if (shallow !== 'false') throw unreadable(root, range, 'it was not fetched whole');
  const mailmap = ['-c', `mailmap.blob=${to}:.mailmap`, '-c', 'mailmap.file='];
  // Beside its working tree, git reads no `.mailmap` of it.
  const git = (...words: readonly string[]) => says(directory, ['--bare', ...mailmap, ...words]);
  const format = '--format=%x00%ae%n%x00%aE%n%(trailers:key=Co-authored-by,valueonly)';
  const lines = (await git('log', '--use-mailmap', format, '--end-of-options', range)).split('\n');
  const authors = lines.filter((line) => line.startsWith('\0')).map((line) => line.slice(1));
  const named = new Set(lines.flatMap((line) => (line.startsWith('\0') ? [] : (contactIn(line) ?? []))));
  const mapped = named.size === 0 ? '' : await git('check-mailmap', '--end-of-options', ...named);
  const coAuthors = [...named, ...mapped.split('\n')].flatMap((line) => contact.exec(line)?.[2] ?? []);
  const known = new Set([...authors, ...coAuthors].map((address) => address.toLowerCase()));
  const aliases = (await mailmapOf(git, to)).filter(([proper]) => known.has(proper)).map(([, alias]) => alias);
  return [...new Set([...known, ...aliases])].toSorted();
}

/** Which other address a person had, in small letters, as the `.mailmap` of a commit says. */
async function mailmapOf(git: (...words: string[]) => Promise<string>, commit: string) {
  const [, , blob] = (await git('ls-tree', '--end-of-options', commit, '.mailmap')).split(/\s/);
  const lines = blob ? (await git('cat-file', 'blob', blob)).split('\n') : [];
  return lines.flatMap((line): (readonly [proper: string, alias: string])[] => {
    const [, proper, alias] = /^[^#<>]*<([^<>]+)>[^#<>]*<([^<>]+)>/.exec(line.toLowerCase()) ?? [];
    return proper && alias ? [[proper, alias]] : [];
  });
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
