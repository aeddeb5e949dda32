import type { FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import {
  fixedNames,
  type RequestPage,
  type RequestRecord,
  type RequestsSince,
  routeName,
  type Target,
} from '@soundbite/model';
import { type Clients, withClients } from './clients.ts';
import { type InvocationReading, loggedInvocations } from './invocation-log.ts';
import { lateMs, type Scan, scanLog, versionOfStream } from './log-scan.ts';
import { logGroup } from './logs.ts';

/** One look reads at most this many pages of each kind; the next one continues from there. */
const pagesEach = 10;

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
  readonly unfinished?: (Scan & { readonly begun: number }) | undefined;
  /** The times of returned events that may appear again, by their ids. */
  readonly told: ReadonlyMap<string, number>;
  /** Whether the service logs its requests: then Lambda's reports say nothing more. */
  readonly isOwn: boolean;
  readonly invocations: InvocationReading;
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
 * service has no line, as it names no release at the edge. Where it has logged none so far, Lambda's own reports on invocations count, half a minute later. A look reads what came since its cursor; lines of CloudWatch come seconds late.
 * Errors: those of CloudWatch Logs.
 */
export function loggedRequests(
  { environment, cloud }: Pick<Target, 'environment' | 'cloud'>,
  since: RequestsSince,
  { functionName = null, now = Date.now, pages = pagesEach }: RequestLogOptions = {},
): Promise<RequestPage> {
  const cursor = (since.cursor as Reading | undefined) ?? {
    ...{ from: since.time, told: new Map(), isOwn: false },
    invocations: { from: since.time, failures: [] },
  };
  const at = { time: since.time, now: now(), pages };
  return withClients({ cloud }, async (clients) => {
    const group = functionName ? await logGroup(clients, functionName) : fixedNames(environment.name).apiLogGroup;
    const log = { environment: environment.name, group };
    const own = await ownRequests(clients, log, cursor, at);
    // What the service says of a request, Lambda is not asked for: no request counts twice.
    if (own.reading.isOwn) return pageOf(own.records, own.reading, at);
    const reported = await loggedInvocations(clients.logs, log, cursor.invocations, at);
    return pageOf(reported.records, { ...own.reading, invocations: reported.next }, at);
  });
}

const pageOf = (
  records: readonly RequestRecord[],
  cursor: Reading,
  { time, now }: { readonly time: number; readonly now: number },
): RequestPage => ({
  records,
  more: cursor.unfinished !== undefined || cursor.invocations.unfinished !== undefined,
  whole: { until: now - lateMs },
  next: { time, cursor },
});

/** Log entries of the service that were not returned yet. A request ends after it started, so its line is no older than `time`. */
async function ownRequests(
  { logs: client }: Clients,
  { environment, group }: { readonly environment: string; readonly group: string },
  cursor: Reading,
  { time, now, pages }: { readonly time: number; readonly now: number; readonly pages: number },
): Promise<{ readonly records: readonly RequestRecord[]; readonly reading: Reading }> {
  const scan = cursor.unfinished ?? { startTime: Math.max(time, cursor.from), begun: now };
  const { events, token } = await scanLog(client, { group, pattern: requestLines }, scan, pages);
  const told = new Map(cursor.told);
  const records: RequestRecord[] = [];
  let { isOwn } = cursor;
  for (const event of events) {
    const record = recordOf(environment, event);
    if (record) isOwn = true;
    if (record && record.start >= time && !told.has(idOf(event))) records.push(record);
    told.set(idOf(event), event.timestamp ?? now);
  }
  const from = token === null ? scan.begun - lateMs : scan.startTime;
  const again = new Map([...told].filter(([, seen]) => seen >= from));
  const unfinished = token === null ? undefined : { ...scan, token };
  return { records, reading: { ...cursor, from, unfinished, told: again, isOwn } };
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
    // Releases whose lines do not name it yet.
    version: typeof line.version === 'string' ? line.version : versionOfStream(logStreamName),
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
