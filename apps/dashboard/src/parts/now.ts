import { useSyncExternalStore } from 'react';
import { usePast } from '../navigation.tsx';
import { presentTime } from './present.ts';

/** One clock for all that tells how long ago something is: it ticks while somebody looks, and goes by the control plane's. */
let now = presentTime();
const told = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  if (document.hidden) return;
  now = presentTime();
  for (const tell of told) tell();
}

function hear(tell: () => void): () => void {
  if (told.size === 0) {
    ticking = setInterval(tick, 1000);
    document.addEventListener('visibilitychange', tick);
    now = presentTime();
  }
  told.add(tell);
  return () => {
    told.delete(tell);
    if (told.size > 0) return;
    clearInterval(ticking);
    document.removeEventListener('visibilitychange', tick);
  };
}

/** This second, in ms since 1970. What `read` makes of it decides whether something is drawn anew. */
export const useNow = <Seen extends string | number | boolean>(read: (now: number) => Seen): Seen =>
  useSyncExternalStore(hear, () => read(now));

/** The same of the time that is shown: it stands still where that is the past. */
export function useShownTime<Seen extends string | number | boolean>(read: (now: number) => Seen): Seen {
  const past = Date.parse(usePast() ?? '');
  return useNow((present) => read(Number.isNaN(past) ? present : past));
}
