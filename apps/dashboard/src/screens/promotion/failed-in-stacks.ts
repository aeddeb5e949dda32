import type { Timeline } from '@soundbite/client';

export type InStacks = NonNullable<Timeline['entries'][number]['stackFailures']>;
type Failure = InStacks['failures'][number];

/** What failed in its stacks, whichever step it was; null: nothing that is on record. */
export const failedInStacks = ({ entries }: Pick<Timeline, 'entries'>): InStacks | null =>
  entries.findLast(({ stackFailures }) => stackFailures)?.stackFailures ?? null;

/** Which caused it, the first first, and which were only cancelled because of those. */
export const apart = ({ failures }: InStacks) => ({
  causes: failures.filter(({ cancelled }) => !cancelled),
  cancelled: failures.filter(({ cancelled }) => cancelled),
});

/** In one line of a lane: the first, and how many more there are. */
export function firstOf(all: InStacks): { readonly first: Failure; readonly more: number } | null {
  const { causes, cancelled } = apart(all);
  const first = causes[0] ?? cancelled[0];
  return first ? { first, more: Math.max(0, causes.length - 1) } : null;
}
