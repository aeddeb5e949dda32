import type { AskerView } from '@soundbite/client';
import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext } from 'react';
import { askerAsked } from './state.ts';

const Known = createContext<AskerView | undefined>(undefined);

/** Tells the page who reads it: one asks for all, since every button wants to know. */
export const KnownAsker = ({ children }: { readonly children: ReactNode }) => (
  <Known value={useQuery(askerAsked).data}>{children}</Known>
);

/** Who the reader is, and what they may do; undefined: that is not known yet. */
export const useAsker = (): AskerView | undefined => useContext(Known);
