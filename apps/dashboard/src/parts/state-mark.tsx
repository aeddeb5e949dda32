import type { ReactNode } from 'react';

/** Shape, word and colour each say it alone. */
export type StateTone = 'healthy' | 'degraded' | 'down' | 'empty' | 'busy' | 'waiting' | 'unknown';

/** A state as a shape (base.css) and a word. A long table has thousands: none costs more than one element. */
export const StateMark = ({ tone, children }: { readonly tone: StateTone; readonly children: ReactNode }) => (
  <span className={`state ${tone}`}>{children}</span>
);
