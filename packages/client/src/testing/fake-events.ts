import type { EventKind } from '@soundbite/model';
import type * as schemas from '../schemas.ts';

export type FakeEvents = ReturnType<typeof fakeEvents>;

/** The events that an entry of the ledger comes with, by the beginning of its kind. Those of promotions have views, so they are told of for themselves. */
const kinds: Readonly<Record<string, EventKind>> = {
  environment: 'environment',
  release: 'release',
  evidence: 'release',
  freeze: 'freeze',
  hold: 'hold',
  taint: 'taint',
};

/** What happens in the fake, in order. */
export function fakeEvents() {
  const all: schemas.EventView[] = [];
  const waiting = new Set<() => void>();
  const watchers: (() => void)[] = [];
  const tell = (kind: EventKind, subject: string, view: schemas.PromotionView | null): void => {
    all.push({ sequence: all.length + 1, at: new Date().toISOString(), kind, subject, view });
    for (const wake of [...waiting]) wake();
    // What tells of a change may be in its middle.
    for (const watch of watchers) queueMicrotask(watch);
  };
  const news = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const done = () => {
        waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      waiting.add(done);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  return {
    all,
    /** Calls back once each change is made. */
    watch: (watcher: () => void) => watchers.push(watcher),
    /** How many wait for the next one. */
    readers: () => waiting.size,
    promotion: (view: schemas.PromotionView) => tell('promotion', view.promotion, view),
    environment: (name: string) => tell('environment', name, null),
    lock: (name: string) => tell('lock', name, null),
    entry(kind: string, subject: string): void {
      const told = kinds[kind.split('.')[0] ?? ''];
      if (told !== undefined) tell(told, subject.split('@')[0] ?? '', null);
    },
    async *follow(after: number | undefined, goesOn: boolean, signal: AbortSignal): AsyncGenerator<schemas.EventLine> {
      const newest = all.length;
      const reset = (after ?? 0) > newest;
      let position = reset ? newest : (after ?? newest);
      yield { kind: 'begun', sequence: position, reset };
      while (!signal.aborted) {
        const next = all[position];
        if (next && (goesOn || position < newest)) {
          yield next;
          position = next.sequence;
        } else if (goesOn) await news(signal);
        else return;
      }
    },
  };
}
