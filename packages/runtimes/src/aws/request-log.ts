import { type FilteredLogEvent, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import {
  fixedNames,
  type RequestPage,
  type RequestRecord,
  type RequestsSince,
  routeName,
  type Target,
} from '@soundbite/model';
import { type Clients, withClients } from './clients.ts';
import { logGroup } from './logs.ts';

/** CloudWatch may show an event this much later than its time says, clocks apart included; how far each look goes back, in ms. */
const lateMs = 30_000;
/** One look reads at most this many pages (10,000 events or 1 MB each); the next one continues from there. */
const pagesEach = 10;
/** How long one look may take, in ms. */
const withinMs = 30_000;

/**
 * Only the lines of requests: as a service writes them, as loggers name what they log, and as Lambda's JSON log format wraps what Node's console is given. A line
 * that is not JSON matches no such pattern.
 */
const requestLines = '{ ($.msg = "request") || ($.message = "request") || ($.message.msg = "request") }';

/** How far a reader has read the log: its cursor. Times in ms since 1970. */
interface Reading {
  /** Where the next scan begins. */
  readonly from: number;
  /** A scan that took more pages than one look reads. */
  readonly unfinished?: Scan | undefined;
  /** The times of returned events that may appear again, by their ids. */
  readonly told: ReadonlyMap<string, number>;
}

/** A walk through the log from a time on; pages may be empty and yet not the last. Times in ms since 1970. */
interface Scan {
  readonly startTime: number;
  readonly begun: number;
  readonly token?: string;
}

export interface RequestLogOptions {
  /** The function that users reach; null: the one of a fixed stack, which logs under a fixed name. */
  readonly functionName?: string | null;
  /** Now, in ms since 1970. */
  readonly now?: () => number;
  /** See `pagesEach` above. */
  readonly pages?: number;
}

/**
 * Requests as the service itself logged them: the signals of a real account, where no edge stands before API Gateway. What never reached the
 * service has no line, as it names no release at the edge. A look reads what came since its cursor; lines of CloudWatch come seconds late.
 * Errors: those of CloudWatch Logs.
 */
export function loggedRequests(
  { environment, cloud }: Pick<Target, 'environment' | 'cloud'>,
  since: RequestsSince,
  { functionName = null, now = Date.now, pages = pagesEach }: RequestLogOptions = {},
): Promise<RequestPage> {
  const cursor = (since.cursor as Reading | undefined) ?? { from: since.time, told: new Map() };
  return withClients({ cloud }, async (clients) => {
    const group = functionName ? await logGroup(clients, functionName) : fixedNames(environment.name).apiLogGroup;
    return read(clients, { environment: environment.name, group }, since.time, cursor, now(), pages);
  });
}

/** Log entries that were not returned yet. A request ends after it started, so its line is no older than `time`. */
async function read(
  { logs: client }: Clients,
  { environment, group }: { readonly environment: string; readonly group: string },
  time: number,
  cursor: Reading,
  now: number,
  pages: number,
): Promise<RequestPage> {
  const scan = cursor.unfinished ?? { startTime: Math.max(time, cursor.from), begun: now };
  const told = new Map(cursor.told);
  const records: RequestRecord[] = [];
  const page = (next: Omit<Reading, 'told'>): RequestPage => {
    const again = new Map([...told].filter(([, at]) => at >= next.from));
    return { records, next: { time, cursor: { ...next, told: again } satisfies Reading } };
  };
  const { startTime, token } = scan;
  const input = { logGroupName: group, filterPattern: requestLines, startTime };
  const signal = { abortSignal: AbortSignal.timeout(withinMs) };
  let left = pages;
  try {
    for await (const { events = [], nextToken } of paginateFilterLogEvents(
      { client, startingToken: token },
      input,
      signal,
    )) {
      for (const event of events) {
        const record = recordOf(environment, event);
        if (record && record.start >= time && !told.has(idOf(event))) records.push(record);
        told.set(idOf(event), event.timestamp ?? now);
      }
      if (--left === 0 && nextToken !== undefined)
        return page({ from: startTime, unfinished: { ...scan, token: nextToken } });
    }
  } catch (error) {
    // A function that was never invoked has no group yet.
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
  }
  return page({ from: scan.begun - lateMs });
}

const idOf = ({ eventId, logStreamName, timestamp, message }: FilteredLogEvent): string =>
  eventId ?? `${logStreamName}/${timestamp}/${message}`;

/** The request of a log line; null for every other line. */
function recordOf(environment: string, event: FilteredLogEvent): RequestRecord | null {
  const { logStreamName = '', timestamp } = event;
  const line = requestIn(event.message ?? '');
  const { time, method, path, status, ms } = line ?? {};
  if (line === null || typeof status !== 'number' || typeof ms !== 'number') return null;
  const ended = typeof time === 'string' ? Date.parse(time) : (timestamp ?? Number.NaN);
  return {
    environment,
    start: Math.floor(ended - ms),
    method: String(method),
    // The service has decoded its path; the edge sees it as it was sent.
    route: routeName(encodeURI(String(path).toWellFormed())),
    status,
    ms,
    release: typeof line.release === 'string' ? line.release : null,
    // Releases whose lines do not name it yet: Lambda names a stream `2026/01/31/[7]…`.
    version: typeof line.version === 'string' ? line.version : (/\[(\d+)\]/.exec(logStreamName)?.[1] ?? null),
    pinned: line.pinned === true,
  };
}

/** What says a request in a log event; null: nothing does. */
function requestIn(message: string): Line | null {
  const line = parsed(message);
  const wrapped = typeof line.message === 'object' && line.message !== null ? (line.message as Line) : line;
  return wrapped.msg === 'request' || wrapped.message === 'request' ? wrapped : null;
}

type Line = Readonly<Record<string, unknown>>;

function parsed(message: string): Line {
  if (!message.startsWith('{')) return {};
  try {
    return JSON.parse(message) as Line;
  } catch {
    // A line that was cut is not a record.
    return {};
  }
}
