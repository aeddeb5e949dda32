import { shortDigest } from '@soundbite/model/short-digest.ts';
import { Go } from '../navigation.tsx';

/** A release by its first digits, which lead to all that is known of it. */
export const ReleaseName = ({ release }: { readonly release: string }) => (
  <Go to={{ screen: 'release', release }} className="release">
    <code title={release}>{shortDigest(release)}</code>
  </Go>
);
