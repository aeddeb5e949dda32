import type { CloudWatchLogsClient, FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import type { RequestRecord } from '@soundbite/model';
import { lateMs, type Scan, scanLog, versionOfStream } from './log-scan.ts';

/** Lambda's reports on invocations, in its text format and as JSON, and what says before them that one failed. */
const invocationLines =
  '?"REPORT RequestId" ?"platform.report" ?"Task timed out" ?"Runtime exited" ?"Invoke Error" ?"Uncaught Exception" ?"Unhandled Promise Rejection" ?"[ERROR] "';

/** As long as an invocation may take, in ms: then a failure without a report is nobody's. */
const longestMs = 15 * 60_000;

/** How far a reader has read. Times in ms since 1970. */
export interface InvocationReading {
  readonly from: number;
  /** A walk that took more pages than one look reads. */
  readonly unfinished?: Scan;
  /** What failed, and whose report was not there yet. */
  readonly failures: readonly Failure[];
}

/** A line that says that an invocation failed: by its id, where it tells one; else the one that ran in its stream. */
interface Failure {
  readonly id: string | null;
  readonly stream: string;
  readonly at: number;
}

interface Report {
  readonly id: string;
  readonly ms: number;
  readonly failed: boolean;
}

/**
 * Invocations as Lambda itself reports them, each once: as answered with 200, or with 502 where it failed. What the function answered is not in them, nor who asked. Events that may
 * still be late are left for the next look.
 */
export async function loggedInvocations(
  client: CloudWatchLogsClient,
  { environment, group }: { readonly environment: string; readonly group: string },
  { from, unfinished, failures: before }: InvocationReading,
  { time, now, pages }: { readonly time: number; readonly now: number; readonly pages: number },
): Promise<{ readonly records: readonly RequestRecord[]; readonly next: InvocationReading }> {
  const scan = unfinished ?? { startTime: from, endTime: now - lateMs };
  const { endTime = now - lateMs } = scan;
  if (endTime < scan.startTime) return { records: [], next: { from, failures: before } };
  const { events, token } = await scanLog(client, { group, pattern: invocationLines }, scan, pages);
  const failures = [...before, ...events.flatMap(failureIn)];
  const reported = events.flatMap((event) => reportIn(event));
  const isDone = (failure: Failure) => reported.some((report) => isOf(failure, report));
  const records = reported
    .filter(({ at, ms }) => at - ms >= time)
    .map(
      (report): RequestRecord => ({
        ...{ environment, method: 'INVOKE', route: '(invocation)', release: null, pinned: false },
        start: Math.floor(report.at - report.ms),
        status: report.failed || failures.some((failure) => isOf(failure, report)) ? 502 : 200,
        ms: report.ms,
        version: versionOfStream(report.stream),
      }),
    );
  const open = failures.filter((failure) => failure.at > endTime - longestMs && !isDone(failure));
  const next = token === null ? { from: endTime + 1 } : { from, unfinished: { ...scan, endTime, token } };
  return { records, next: { ...next, failures: open } };
}

type Placed = { readonly stream: string; readonly at: number };

/** An environment runs one invocation after the other, so what failed between the beginning and the report of one is that. */
function isOf(failure: Failure, report: Report & Placed): boolean {
  if (failure.id !== null) return failure.id === report.id;
  return failure.stream === report.stream && failure.at >= report.at - report.ms - 5 && failure.at <= report.at;
}

function reportIn(event: FilteredLogEvent): (Report & Placed)[] {
  const { message = '', logStreamName: stream = '', timestamp: at = 0 } = event;
  const report = message.startsWith('{') ? jsonReport(message) : textReport(message);
  return report === null ? [] : [{ ...report, stream, at }];
}

function textReport(message: string): Report | null {
  const [, id, ms] = /^REPORT RequestId: (\S+)\s+Duration: ([\d.]+) ms/.exec(message) ?? [];
  if (id === undefined) return null;
  return { id, ms: Number(ms), failed: /\tStatus: (?!success)\w/.test(message) };
}

/** `platform.report` of Lambda's JSON log format. Source: AWS Lambda's Telemetry API reference. */
function jsonReport(message: string): Report | null {
  try {
    const { type, record } = JSON.parse(message) as { type?: unknown; record?: JsonReport };
    if (type !== 'platform.report' || typeof record?.requestId !== 'string') return null;
    const { durationMs } = record.metrics ?? {};
    return { id: record.requestId, ms: Number(durationMs ?? 0), failed: record.status !== 'success' };
  } catch {
    return null;
  }
}

interface JsonReport {
  readonly requestId?: unknown;
  readonly status?: unknown;
  readonly metrics?: { readonly durationMs?: unknown };
}

/** `[ERROR] ` with a blank is what Python says of an exception that nobody caught; its loggers write a tab. */
const failing: readonly RegExp[] = [
  /^\S+ (\S+) Task timed out after /,
  /^(?:RequestId: )(\S+) Error: Runtime exited/,
  /^\S+\t(\S+)\tERROR\t(?:Invoke Error|Uncaught Exception|Unhandled Promise Rejection) /,
  /^\[ERROR\] /,
];

function failureIn({ message = '', logStreamName: stream = '', timestamp: at = 0 }: FilteredLogEvent): Failure[] {
  const found = failing.map((pattern) => pattern.exec(message)).find((match) => match !== null);
  return found ? [{ id: found[1] ?? null, stream, at }] : [];
}
