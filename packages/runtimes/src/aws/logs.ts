import { setTimeout as sleep } from 'node:timers/promises';
import { type CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { LogLine, LogOptions, RunningFunction, Target } from '@soundbite/model';
import { unlessGone } from '../infrastructure/gone.ts';
import { type Clients, withClients } from './clients.ts';
import { componentsOf } from './components.ts';

/** How often CloudWatch is asked for more, in ms. */
const everyMs = 1000;
/** Events may be seen this much later than they happened; how far each look goes back, in ms. */
const lateMs = 10_000;

/** Which version of a function to read; null: all. */
type VersionToRead = (functionName: string) => string | null;

/** Lines of all components from CloudWatch Logs, in order of time, or of these versions alone; `follow` goes on until the signal. */
export async function* lambdaLogs(
  target: Target,
  { sinceMs, follow, signal }: LogOptions,
  version: VersionToRead = () => null,
): AsyncIterable<LogLine> {
  const seen = new Set<string>();
  for (let from = sinceMs; !signal?.aborted; ) {
    const found = await withClients(target, (clients) => newEvents(clients, target, { from, seen, version }));
    for (const { line } of found) yield line;
    if (!follow) return;
    from = Math.max(sinceMs, Date.now() - lateMs);
    await sleep(everyMs, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

/** The functions of all components, and where each logs. */
export const functionsIn = (target: Target): Promise<RunningFunction[]> =>
  withClients(target, (clients) =>
    Promise.all(
      componentsOf(target).map(async ({ name: component, functionName, alias }) => ({
        ...{ component, functionName, alias },
        logGroup: await logGroup(clients, functionName),
      })),
    ),
  );

interface Look {
  readonly from: number;
  readonly seen: Set<string>;
  readonly version: VersionToRead;
}

async function newEvents(clients: Clients, target: Target, { from, seen, version }: Look) {
  const found = await Promise.all(
    componentsOf(target).map(async ({ name, functionName }) => {
      const all = await events(clients.logs, name, await logGroup(clients, functionName), from);
      const only = version(functionName);
      return only === null ? all : all.filter(({ stream }) => isOfVersion(stream, functionName, only));
    }),
  );
  const fresh = found.flat().filter(({ id }) => !seen.has(id));
  for (const { id } of fresh) seen.add(id);
  return fresh.sort((a, b) => a.time - b.time);
}

/** Lambda names a stream `2026/01/31/[7]…`, and `2026/01/31/<function>[7]…` in a group that somebody chose: functions may share that. */
const isOfVersion = (stream: string, functionName: string, version: string): boolean => {
  const [, name, named] = /([^/[\]]*)\[([^\]]+)\][^/]*$/.exec(stream) ?? [];
  return named === version && (name === '' || name === functionName);
};

/** Where a function logs; one that somebody deleted has left its lines where functions log unless told otherwise. */
export async function logGroup({ lambda }: Clients, FunctionName: string): Promise<string> {
  const found = await unlessGone(lambda.send(new GetFunctionConfigurationCommand({ FunctionName })));
  return found?.LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`;
}

async function events(client: CloudWatchLogsClient, source: string, logGroupName: string, startTime: number) {
  const found: { id: string; time: number; stream: string; line: LogLine }[] = [];
  try {
    for await (const page of paginateFilterLogEvents({ client }, { logGroupName, startTime }))
      for (const { eventId, timestamp = 0, message = '', logStreamName } of page.events ?? [])
        found.push({
          id: eventId ?? `${logStreamName}/${timestamp}/${message}`,
          time: timestamp,
          stream: logStreamName ?? '',
          line: { at: new Date(timestamp).toISOString(), source, text: message.trimEnd() },
        });
  } catch (error) {
    // A function that was never invoked has no group yet.
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
  }
  return found;
}
