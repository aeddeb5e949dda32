import type { ReactNode } from 'react';

/** Shape, word and colour each say it alone. */
export type StateTone = 'healthy' | 'degraded' | 'down' | 'empty' | 'busy' | 'waiting' | 'unknown';

const shapes: Record<StateTone, ReactNode> = {
  healthy: <circle cx="8" cy="8" r="7" />,
  degraded: <path d="M8 1 15.5 15H.5Z" />,
  down: <path d="m3 1 5 5 5-5 2 2-5 5 5 5-2 2-5-5-5 5-2-2 5-5-5-5Z" />,
  empty: <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="2" />,
  busy: <path d="M1 2h6l6 6-6 6H1l6-6Z" />,
  waiting: <path d="M3 1h10v3L9 8l4 4v3H3v-3l4-4-4-4Z" />,
  unknown: <path d="M2 7h12v2H2Z" />,
};

/** A state as a shape and a word. */
export const StateMark = ({ tone, children }: { readonly tone: StateTone; readonly children: ReactNode }) => (
  <span className={`state ${tone}`}>
    <svg viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">
      {shapes[tone]}
    </svg>
    {children}
  </span>
);
