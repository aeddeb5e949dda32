import type { ReactNode } from 'react';

/** Shape, word and colour each say it alone. */
export type StateTone = 'healthy' | 'degraded' | 'down' | 'empty' | 'busy' | 'waiting' | 'unknown';

/** A state as a shape (base.css) and a word. A long table has thousands: none costs more than one element. */
export const StateMark = ({ tone, children }: { readonly tone: StateTone; readonly children: ReactNode }) => (
  <span className={marked(tone)}>{children}</span>
);

/** The class of what shows a state by itself: a link is no second element. */
export const marked = (tone: StateTone): string => `state ${tone}`;
