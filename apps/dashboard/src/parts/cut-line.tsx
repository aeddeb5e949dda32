import type { CutFrom } from '@soundbite/client';
import type { Digest } from '@soundbite/model/digest.ts';
import { Moment } from './moment.tsx';
import { ReleaseName } from './release-name.tsx';
import { Written } from './written.tsx';

/** A release by its first digits, and who wrote its commit and when; `cut` null: that is not known here. */
export const CutLine = ({ release, cut }: { readonly release: Digest; readonly cut: CutFrom | null }) => (
  <>
    <ReleaseName release={release} />
    {cut && <WhoAndWhen cut={cut} />}
  </>
);

/** A release in the words of its commit, with who wrote it and when. */
export const CutWords = ({ cut }: { readonly cut: CutFrom }) => (
  <p>
    <strong>
      <Written most={200}>{subjectOf(cut)}</Written>
    </strong>
    <WhoAndWhen cut={cut} />
  </p>
);

const WhoAndWhen = ({ cut: { author, committedAt, dirty } }: { readonly cut: CutFrom }) => (
  <>
    {author && (
      <>
        {' '}
        <Written>{author}</Written>
      </>
    )}
    , <Moment time={committedAt} />
    {dirty && ', with uncommitted changes'}
  </>
);

/** A commit in the words of who wrote it, else by its digits. */
export const subjectOf = ({ commit, subject }: CutFrom): string => subject ?? `commit ${commit.slice(0, 12)}`;
