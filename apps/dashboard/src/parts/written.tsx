import { shownText } from '@soundbite/model/page/shown-text.ts';
import { wholeFlags } from './whole-flags.tsx';

/** What somebody wrote, as text, whatever direction it runs in. */
export const Written = ({ children, most }: { readonly children: string; readonly most?: number | undefined }) => (
  <bdi>{wholeFlags(shownText(children, most))}</bdi>
);
