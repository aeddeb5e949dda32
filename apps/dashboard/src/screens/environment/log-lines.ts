import type { LogLine } from '@soundbite/client';
import { isAtLeast, type LogLevel } from '@soundbite/model/logs/levels.ts';

/** So many entries of a log are kept; older ones are dropped. */
export const logsKept = 2000;

/** A line, or that the stream broke there. `number` tells entries apart. */
export type LogEntry = { readonly number: number } & (
  | { readonly line: LogLine }
  | { readonly brokeAt: string; readonly why: string | null }
);

/** What is heard of a log. */
export type LogNews =
  | { readonly is: 'line'; readonly line: LogLine }
  /** It is asked for; nothing was answered yet. */
  | { readonly is: 'asked' }
  | { readonly is: 'followed' }
  /** At a time (ISO 8601); `why` null: it only ended. It is asked for again. */
  | { readonly is: 'broken'; readonly at: string; readonly why: string | null }
  /** It is not asked for again. */
  | { readonly is: 'refused'; readonly error: unknown };

/** A log as it is shown: bounded, and still while it is paused. */
export interface LogPage {
  readonly entries: readonly LogEntry[];
  /** What came while it is paused, as bounded. */
  readonly later: readonly LogEntry[];
  /** Lines that came while it is paused, dropped ones, too. */
  readonly more: number;
  /** Lines that are shown no more. */
  readonly dropped: number;
  readonly isPaused: boolean;
  readonly state: Exclude<LogNews['is'], 'line'>;
  readonly error: unknown;
  /** Of the next entry. */
  readonly next: number;
}

export const emptyLog: LogPage = {
  ...{ entries: [], later: [], more: 0, dropped: 0 },
  ...{ isPaused: false, state: 'asked', error: null, next: 0 },
};

/** The page after what was heard, in order. An outage is marked once, however often it is tried to end it. */
export function afterNews(page: LogPage, news: readonly LogNews[]): LogPage {
  let { state, error, next } = page;
  let last = (page.later.at(-1) ?? page.entries.at(-1)) as LogEntry | undefined;
  const added: LogEntry[] = [];
  for (const one of news) {
    // Followed again, even in silence, the next outage is another one.
    if (state === 'followed') last = undefined;
    if (one.is !== 'line') state = one.is;
    if (one.is !== 'line') error = one.is === 'refused' ? one.error : null;
    const entry = entryOf(one, next, last);
    if (!entry) continue;
    next += 1;
    last = entry;
    added.push(entry);
  }
  const after = { ...page, state, error, next };
  return page.isPaused ? kept(after, added) : shown(after, added);
}

function entryOf(news: LogNews, number: number, last: LogEntry | undefined): LogEntry | null {
  if (news.is === 'line') return { number, line: news.line };
  if (news.is !== 'broken' || (last && 'brokeAt' in last)) return null;
  return { number, brokeAt: news.at, why: news.why };
}

/** What is shown stays as it is until `resumed`. */
export const paused = (page: LogPage): LogPage => ({ ...page, isPaused: true });

/** Shows what came meanwhile, too. */
export function resumed(page: LogPage): LogPage {
  const lost = page.more - linesIn(page.later);
  return shown({ ...page, isPaused: false, later: [], more: 0, dropped: page.dropped + lost }, page.later);
}

function kept(page: LogPage, added: readonly LogEntry[]): LogPage {
  return { ...page, later: [...page.later, ...added].slice(-logsKept), more: page.more + linesIn(added) };
}

function shown(page: LogPage, added: readonly LogEntry[]): LogPage {
  // Whoever hears that only its state changed draws no line anew.
  if (added.length === 0) return page;
  const all = [...page.entries, ...added];
  const entries = all.slice(-logsKept);
  return { ...page, entries, dropped: page.dropped + linesIn(all.slice(0, all.length - entries.length)) };
}

/** How many of them are lines. */
export const linesIn = (entries: readonly LogEntry[]): number => entries.filter((one) => 'line' in one).length;

/** How many of them say no level. */
export const unlevelledIn = (entries: readonly LogEntry[]): number =>
  entries.filter((one) => 'line' in one && one.line.level === null).length;

/** The lines that have every word of `find`, in any order and case, and are that bad or worse (null: whatever they say), and where the stream broke. */
export function linesWith(entries: readonly LogEntry[], find: string, least: LogLevel | null): readonly LogEntry[] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && least === null) return entries;
  return entries.filter((one) => {
    if (!('line' in one)) return true;
    const { level } = one.line;
    if (least !== null && (level === null || !isAtLeast(level, least))) return false;
    const said = `${one.line.source} ${one.line.text}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
}
