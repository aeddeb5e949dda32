import type { Overview } from '@soundbite/client';
import { type Act, toResume, toThaw } from '../../acts/act.ts';

/** A freeze or a hold in force. */
export interface Keeping {
  readonly id: string;
  readonly environment: string;
  readonly word: string;
  readonly by: string;
  readonly reason: string;
  /** When it began; null: that is not on record. */
  readonly since: string | null;
  /** When it ends by itself; null: it does not. */
  readonly until: string | null;
  /** What ends it before. */
  readonly end: Act;
}

/** All that keeps releases out of environments until somebody ends it or its time has come: environments in order, in each what ends first. */
export const keepingIn = ({ environments }: Overview): readonly Keeping[] =>
  environments.flatMap(({ why: { freezes, holds } }) =>
    [
      ...freezes.map((one) => ({ ...said(one), word: 'frozen', since: one.from, end: toThaw(one) })),
      ...holds.map((one) => ({
        ...said(one),
        word: one.scope === 'all' ? 'held' : 'held for what comes by itself',
        since: one.since ?? null,
        end: toResume(one),
      })),
    ].toSorted((one, other) => endOf(one) - endOf(other)),
  );

const said = <Until extends string | null>({
  id,
  environment,
  by,
  reason,
  until,
}: Pick<Keeping, 'id' | 'environment' | 'by' | 'reason'> & { readonly until: Until }) => ({
  ...{ id, environment, by, reason, until },
});

const endOf = ({ until }: Pick<Keeping, 'until'>): number =>
  until === null ? Number.MAX_SAFE_INTEGER : Date.parse(until);
