import { type FilteredLogEvent, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { awsNames, type Cloud, type RequestRecord, routeName, type Signals } from '@soundbite/model';
import { type Clients, withClients } from './clients.ts';

/** CloudWatch may show an event this much later than its time says, clocks apart included; how far each look goes back, in ms. */
const lateMs = 30_000;
/** One look reads at most so many pages (10,000 events or 1 MB each); the next one goes on from there. */
const pagesEach = 10;
/** How long one look may take, in ms. */
const withinMs = 30_000;
/** Records that are kept, the newest; as the edge has it. */
const kept = 50_000;

/** Only the lines that tell of a request; a line that is no JSON matches no such pattern. */
const requestLines = '{ $.msg = "request" }';

/** What was read of one environment's log. */
interface Reading {
  /** Requests that started before it are of no interest, in ms since 1970. */
  since: number;
  /** Where the next scan begins, in ms since 1970. */
  from: number;
  /** A scan that took more pages than one look reads. */
  unfinished?: Scan | undefined;
  /** By the ids of their events, in the order of the log. */
  readonly records: Map<string, RequestRecord>;
}

/** A walk through the log from a time on; pages may be empty and yet not the last. Times in ms since 1970. */
interface Scan {
  readonly startTime: number;
  readonly begun: number;
  readonly token?: string;
}

export interface RequestLogOptions {
  /** The cloud that an environment is on. */
  readonly cloud: (environment: string) => Promise<Cloud>;
  /** Now, in ms since 1970. */
  readonly now?: () => number;
  /** See `pagesEach` and `kept` above. */
  readonly limits?: { readonly pagesEach: number; readonly kept: number };
}

/**
 * Requests as the service itself logged them: the signals of a real account, where no edge stands before API Gateway. What never reached the
 * service has no line, as it names no release at the edge. A look reads what came since the one before; lines of CloudWatch come seconds late.
 * Errors: those of CloudWatch Logs.
 */
export function requestLog({ cloud, now = Date.now, limits = { pagesEach, kept } }: RequestLogOptions): Signals {
  const readings = new Map<string, Reading>();

  function readingOf(environment: string, sinceMs: number): Reading {
    const present = readings.get(environment);
    if (present && present.since <= sinceMs) {
      present.since = sinceMs;
      for (const [id, { start }] of present.records) if (start < sinceMs) present.records.delete(id);
      return present;
    }
    const fresh: Reading = { since: sinceMs, from: sinceMs, records: new Map() };
    readings.set(environment, fresh);
    return fresh;
  }

  return {
    async requests(environment, sinceMs) {
      const reading = readingOf(environment, sinceMs);
      await withClients({ cloud: await cloud(environment) }, (clients) =>
        read(clients, environment, reading, now(), limits.pagesEach),
      );
      const surplus = [...reading.records.keys()].slice(0, Math.max(0, reading.records.size - limits.kept));
      for (const id of surplus) reading.records.delete(id);
      return [...reading.records.values()];
    },
  };
}

/** Adds what the log holds and was not read yet. A request ends after it started, so its line is no older than `since`. */
async function read(
  { logs: client }: Clients,
  environment: string,
  reading: Reading,
  now: number,
  pages: number,
): Promise<void> {
  const scan = reading.unfinished ?? { startTime: Math.max(reading.since, reading.from), begun: now };
  const { startTime, token } = scan;
  const input = { logGroupName: awsNames(environment).apiLogGroup, filterPattern: requestLines, startTime };
  const signal = { abortSignal: AbortSignal.timeout(withinMs) };
  let left = pages;
  try {
    for await (const page of paginateFilterLogEvents({ client, startingToken: token }, input, signal)) {
      for (const event of page.events ?? []) {
        const record = recordOf(environment, event);
        if (record && record.start >= reading.since) reading.records.set(idOf(event), record);
      }
      reading.unfinished = page.nextToken === undefined ? undefined : { ...scan, token: page.nextToken };
      if (--left === 0 && reading.unfinished) return;
    }
  } catch (error) {
    // A function that was never invoked has no group yet.
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
  }
  reading.from = scan.begun - lateMs;
}

const idOf = ({ eventId, logStreamName, timestamp, message }: FilteredLogEvent): string =>
  eventId ?? `${logStreamName}/${timestamp}/${message}`;

/** The request that a line tells of; null for every other line. */
function recordOf(environment: string, { message = '', logStreamName = '' }: FilteredLogEvent): RequestRecord | null {
  const line = parsed(message);
  const { time, method, path, status, ms } = line;
  if (line.msg !== 'request' || typeof status !== 'number' || typeof ms !== 'number') return null;
  return {
    environment,
    start: Math.floor(Date.parse(String(time)) - ms),
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

function parsed(message: string): Readonly<Record<string, unknown>> {
  if (!message.startsWith('{')) return {};
  try {
    return JSON.parse(message) as Readonly<Record<string, unknown>>;
  } catch {
    // A line that was cut is no record.
    return {};
  }
}
