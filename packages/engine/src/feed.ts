import { type Lookout, type LookoutOptions, lookout, pageSize, type ReadPage } from './lookout.ts';
import type { HeardEvent } from './store/heard-events.ts';

/**
 * What a reader gets.
 * - begun: every event behind this number follows. `reset`: it asked for what follows a number that does not exist here (the database is another one, or as it was before), so what it knows is nothing
 * - away: nothing can be read since then (ISO 8601). Another `begun` follows, and nothing is left out
 */
export type FeedLine =
  | { readonly kind: 'begun'; readonly sequence: number; readonly reset: boolean }
  | { readonly kind: 'away'; readonly since: string }
  | HeardEvent;

export interface FeedOptions {
  /** The number of the last event that the reader has; null: it wants what happens from now on. */
  readonly after: number | null;
  /** False: it ends with what had happened when it began. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

export interface Feed {
  /** There may be news. */
  told(): void;
  /** Events in order, none left out, none twice. While the database is away it waits. */
  events(options: FeedOptions): AsyncGenerator<FeedLine, void, undefined>;
  /** All readers end. */
  end(): void;
}

/**
 * Tells any number of readers of events, and reads each once. A reader has no queue, only a position: it takes the newest events from one memory at its own pace. One that is further behind
 * reads for itself until it has caught up.
 */
export function feed(read: ReadPage, options: LookoutOptions): Feed {
  const looks = lookout(read, options);
  return { told: looks.told, end: looks.end, events: (asked) => events(looks, read, asked) };
}

async function* events(looks: Lookout, read: ReadPage, { after, follow, signal }: FeedOptions) {
  const leave = looks.enter();
  try {
    await looks.begin(after ?? 0);
    let position = after;
    let last = follow ? Number.POSITIVE_INFINITY : null;
    for (let said: FeedLine | null = null; !signal.aborted && !looks.hasEnded(); ) {
      const line = standing(looks, position, said);
      if (line !== null) {
        said = line;
        if (line.kind === 'begun') position = line.sequence;
        yield line;
      } else if (position === null || looks.away() !== null) await looks.news(signal);
      else {
        last ??= Math.max(position, headOf(looks));
        if (position >= last) return;
        const page = looks.newest()?.after(position) ?? (await older(looks, read, position));
        for (const event of page.events) {
          if (signal.aborted || event.sequence > last) return;
          yield event;
          position = event.sequence;
        }
        position = Math.max(position, page.upTo);
        if (page.events.length === 0 && position < last && position >= headOf(looks)) await looks.news(signal);
      }
    }
  } finally {
    leave();
  }
}

const headOf = (looks: Lookout): number => looks.newest()?.head() ?? 0;

/** What a reader has to know before any event; null: nothing new. */
function standing(looks: Lookout, position: number | null, said: FeedLine | null): FeedLine | null {
  const [away, head] = [looks.away(), looks.newest()?.head()];
  if (away !== null) return said?.kind === 'away' ? null : { kind: 'away', since: away };
  if (head === undefined) return null;
  const reset = position !== null && position > head;
  if (said?.kind === 'begun' && !reset) return null;
  return { kind: 'begun', sequence: reset ? head : (position ?? head), reset };
}

/** From before what is in memory, up to where that ends. Nothing, where the database is away. */
async function older(looks: Lookout, read: ReadPage, position: number) {
  try {
    const { events, upTo } = await read(position, pageSize);
    const head = headOf(looks);
    return { events: events.filter(({ sequence }) => sequence <= head), upTo: Math.min(upTo, head) };
  } catch (error) {
    looks.failed(error);
    return { events: [], upTo: position };
  }
}
