import type { ReactNode } from 'react';

/** What counts on within a text that is read out when it changes: who hears the page would hear each second of it. It is there to be read. */
export const Unspoken = ({ children }: { readonly children: ReactNode }) => <span aria-live="off">{children}</span>;
