import { shownText } from '@soundbite/model/page/shown-text.ts';

/** What somebody wrote, as text, whatever direction it runs in. */
export const Written = ({ children, most }: { readonly children: string; readonly most?: number }) => (
  <bdi>{shownText(children, most)}</bdi>
);
