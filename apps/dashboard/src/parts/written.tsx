import { clipped } from './text.ts';

/** What somebody wrote, as text, whatever direction it runs in. */
export const Written = ({ children, most }: { readonly children: string; readonly most?: number }) => (
  <bdi>{clipped(children, most)}</bdi>
);
