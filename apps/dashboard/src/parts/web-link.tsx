import { Written } from './written.tsx';

/** A link that leaves the page: what a browser opens as a page of the web; anything else is only text. */
export const WebLink = ({ url, children }: { readonly url: string | null; readonly children: string }) =>
  url !== null && /^https?:\/\//i.test(url) ? (
    <a href={url} rel="noreferrer noopener" target="_blank">
      <Written>{children}</Written>
    </a>
  ) : (
    <Written>{children}</Written>
  );
