import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Completable, complete } from './completion.ts';
import type { Shell } from './shell.ts';

/** The word by which the shells' scripts ask what may come next. */
const ask = '__complete';

/** The words to complete: `__complete up st`, or by the named scripts `promote __complete st`; null if this is no completion. */
export function wordsToComplete(words: readonly string[]): readonly string[] | null {
  const at = words.indexOf(ask);
  return at === 0 || at === 1 ? [...words.slice(0, at), ...words.slice(at + 1)] : null;
}

/** One suggestion a line, what it is about behind a tab. Starts nothing, asks no control plane. */
export async function suggestions(shell: Shell, words: readonly string[]): Promise<string> {
  const found = await complete(words, known(shell));
  return found.map(({ value, about }) => `${value}\t${about}\n`).join('');
}

function known(shell: Shell): Completable {
  return {
    async environments() {
      const { knownEnvironments } = await import('./declaration.ts');
      return (await knownEnvironments(shell)).map(({ name }) => name);
    },
    async releases() {
      const store = join(shell.home, 'releases');
      const names = (await readdir(store).catch(() => [])).filter((name) => /^[0-9a-f]{64}$/.test(name));
      const dated = await Promise.all(names.map(async (name) => ({ name, at: await timeOf(join(store, name)) })));
      return dated.sort((a, b) => b.at - a.at).map(({ name }) => name.slice(0, 12));
    },
  };
}

const timeOf = (path: string) =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
