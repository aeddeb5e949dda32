import type { CutFrom } from '@soundbite/client';
import { shortDigest } from '@soundbite/model/short-digest.ts';
import { Moment } from './moment.tsx';
import { Written } from './written.tsx';

/** A release by its first digits, and who wrote its commit and when; `cut` null: that is not known here. */
export const CutLine = ({ release, cut }: { readonly release: string; readonly cut: CutFrom | null }) => (
  <>
    <code title={release}>{shortDigest(release)}</code>
    {cut?.author && (
      <>
        {' '}
        <Written>{cut.author}</Written>
      </>
    )}
    {cut && (
      <>
        , <Moment time={cut.committedAt} />
        {cut.dirty && ', with uncommitted changes'}
      </>
    )}
  </>
);

/** A commit in the words of who wrote it, else by its digits. */
export const subjectOf = ({ commit, subject }: CutFrom): string => subject ?? `commit ${commit.slice(0, 12)}`;
