import type { ReadPage } from './lookout.ts';
import type { Opened } from './opening.ts';
import { patience } from './patience.ts';
import { throughOutages } from './store/database.ts';
import { type EventPage, eventsAfter } from './store/heard-events.ts';
import type { Pulse } from './store/pulse.ts';

/** Pages of events, as the home of these records hears of them. A database that is silent is away within moments, and is not asked the same again before it has answered. */
export function pagesOf({ db, sites }: Pick<Opened, 'db' | 'sites'>, { whileAnswering }: Pulse): ReadPage {
  const pending = new Map<string, Promise<EventPage>>();
  const once = (after: number, limit: number): Promise<EventPage> => {
    const key = `${after} ${limit}`;
    const known = pending.get(key);
    if (known) return known;
    const page = throughOutages(() => eventsAfter(db, sites, after, limit), patience.reading.silentMs).finally(() =>
      pending.delete(key),
    );
    pending.set(key, page);
    return page;
  };
  return (after, limit) => whileAnswering(() => once(after, limit));
}
