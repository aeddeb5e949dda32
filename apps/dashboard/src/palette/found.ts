import type { Entry } from './entries.ts';

/** How many are shown. */
const mostFound = 12;

/** What has all these words, best first: what begins so, what has a word that does, the rest; each in the order given. Nothing typed means all. */
export function found(entries: readonly Entry[], text: string): readonly Entry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const ranked = entries.flatMap((entry) => {
    const rank = rankOf(entry, words);
    return rank === null ? [] : [{ entry, rank }];
  });
  return ranked
    .toSorted((one, other) => one.rank - other.rank)
    .slice(0, mostFound)
    .map(({ entry }) => entry);
}

/** Null: not all of the words are there. */
function rankOf({ title, more }: Entry, words: readonly string[]): number | null {
  const [name, all] = [title.toLowerCase(), `${title} ${more}`.toLowerCase()];
  if (!words.every((word) => all.includes(word))) return null;
  if (name.startsWith(words.join(' '))) return 0;
  return words.every((word) => ` ${name}`.includes(` ${word}`)) ? 1 : 2;
}
