import { type NewestEvents, newestEvents } from './newest-events.ts';
import { patience } from './patience.ts';
import { type Repeating, repeat } from './repeating.ts';
import type { EventPage } from './store/heard-events.ts';

/** Reads events behind a number, at most so many. Errors: the database is away. */
export type ReadPage = (after: number, limit: number) => Promise<EventPage>;

/** Read at once. */
export const pageSize = 200;
/** Kept in memory for all readers: what happens within a promotion or two. */
const keptEvents = 500;

export interface LookoutOptions {
  /** Told when nothing can be read any more, once until it can. */
  readonly report: (error: unknown) => void;
  readonly everyMs?: number;
  readonly lingerMs?: number;
}

/** The newest events, read once for all who read them here, and only while there is somebody. */
export interface Lookout {
  /** Null: nothing was read yet. */
  newest(): NewestEvents | null;
  /** Since when nothing can be read (ISO 8601); null: all is well. */
  away(): string | null;
  hasEnded(): boolean;
  /** There may be news. */
  told(): void;
  /** Looks if it did not yet, or if what is known ends before this number: it may have been told of elsewhere. */
  begin(after: number): Promise<void>;
  /** Nothing could be read. */
  failed(error: unknown): void;
  /** Counts a reader, until the returned function is called. */
  enter(): () => void;
  /** Ends when something is known or away that was not. */
  news(signal: AbortSignal): Promise<void>;
  end(): void;
}

export function lookout(read: ReadPage, options: LookoutOptions): Lookout {
  const { report, everyMs = patience.feed.everyMs, lingerMs = patience.feed.lingerMs } = options;
  const waiting = new Set<() => void>();
  let newest: NewestEvents | null = null;
  let away: string | null = null;
  let timer: Repeating | null = null;
  let hasEnded = false;
  let readers = 0;
  let leftAt = 0;
  let isAsked = false;
  let current: Promise<void> | null = null;

  const wake = (): void => {
    for (const one of [...waiting]) one();
  };
  const failed = (error: unknown): void => {
    if (away === null && !hasEnded) report(error);
    away ??= new Date().toISOString();
    wake();
  };
  const once = async (): Promise<void> => {
    const known = () => `${newest?.head()} ${away}`;
    const before = known();
    try {
      newest = await caughtUp(read, newest);
      away = null;
      if (known() !== before) wake();
    } catch (error) {
      failed(error);
    }
  };
  /** One look at a time; who asks during one gets another. */
  const look = (): Promise<void> => {
    isAsked = true;
    current ??= (async () => {
      for (; isAsked && !hasEnded; await once()) isAsked = false;
      current = null;
    })();
    return current;
  };
  const rest = (): void => {
    timer?.stop();
    [timer, newest, away] = [null, null, null];
  };
  const tick = async (): Promise<void> => {
    if (readers > 0 || performance.now() - leftAt < lingerMs) await look();
    else if (current === null) rest();
  };

  return {
    newest: () => newest,
    away: () => away,
    hasEnded: () => hasEnded,
    failed,
    told() {
      if (timer !== null) void look();
    },
    async begin(after) {
      if (hasEnded) return;
      timer ??= repeat(tick, everyMs, report);
      if (newest === null || away !== null || after > newest.head()) await look();
    },
    enter() {
      readers += 1;
      return () => {
        readers -= 1;
        leftAt = performance.now();
      };
    },
    news: (signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          waiting.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        waiting.add(done);
        signal.addEventListener('abort', done);
        if (signal.aborted || hasEnded) done();
      }),
    end() {
      hasEnded = true;
      rest();
      wake();
    },
  };
}

/** Those that are known, and all that came since; at first the newest that there are. */
async function caughtUp(read: ReadPage, known: NewestEvents | null): Promise<NewestEvents> {
  const events = known ?? (await begun(read));
  for (;;) {
    const page = await read(events.head(), pageSize);
    events.take(page);
    if (page.upTo >= page.newest) return events;
  }
}

async function begun(read: ReadPage): Promise<NewestEvents> {
  const { newest } = await read(Number.MAX_SAFE_INTEGER, 1);
  return newestEvents(Math.max(0, newest - keptEvents), keptEvents);
}
