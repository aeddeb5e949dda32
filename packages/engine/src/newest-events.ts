import type { EventPage, HeardEvent } from './store/heard-events.ts';

/** The newest events, in order and without a gap. */
export interface NewestEvents {
  /** Up to here all is known. */
  head(): number;
  /** Those behind a number; null: they go back further than these. */
  after(position: number): Pick<EventPage, 'events' | 'upTo'> | null;
  /** Adds a page that begins at the head. An older state of the database forgets everything. */
  take(page: EventPage): void;
}

/** Keeps the newest `most` of those behind a number. */
export function newestEvents(begin: number, most: number): NewestEvents {
  let events: HeardEvent[] = [];
  let from = begin;
  let head = begin;
  return {
    head: () => head,
    after(position) {
      if (position < from) return null;
      const index = events.findLastIndex(({ sequence }) => sequence <= position);
      return { events: events.slice(index + 1), upTo: head };
    },
    take(page) {
      if (page.newest < head) {
        [events, from, head] = [[], page.newest, page.newest];
        return;
      }
      events = [...events, ...page.events];
      head = page.upTo;
      const over = events.length - most;
      if (over <= 0) return;
      from = events[over - 1]?.sequence ?? from;
      events = events.slice(over);
    },
  };
}
