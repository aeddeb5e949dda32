import { type Digest, shortDigest } from '../digest.ts';

/** A promotion, and when the commit of its release was made (ISO 8601); null: that is not known. */
export interface Dated {
  readonly promotion: string;
  readonly release: Digest;
  readonly committedAt: string | null;
}

/**
 * Which of the promotions that were asked for later closes one that waits: that of another release whose commit is not older. Somebody who promotes an
 * older release closes nothing. Undefined: none.
 */
export const supersedes = (waiting: Omit<Dated, 'promotion'>, later: readonly Dated[]): Dated | undefined =>
  later.find(
    ({ release, committedAt }) =>
      release !== waiting.release &&
      committedAt !== null &&
      Date.parse(committedAt) >= Date.parse(waiting.committedAt ?? ''),
  );

/** `superseded by promotion … with the newer 0123456789ab` */
export const supersededText = ({ promotion, release }: Dated): string =>
  `superseded by promotion ${promotion} with the newer ${shortDigest(release)}`;
