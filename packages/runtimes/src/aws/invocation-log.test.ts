import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { expect, it } from 'vitest';
import { type InvocationReading, loggedInvocations } from './invocation-log.ts';
import { fakeLogs } from './testing-logs.ts';

const group = '/aws/lambda/orders';
const stream = '2026/03/01/[6]0123456789abcdef';
const report = (id: string, more = '') =>
  `REPORT RequestId: ${id}\tDuration: 20.50 ms\tBilled Duration: 21 ms\t${more}\n`;

/** Looks at a log with these lines, by the second in which they were written; each answer is told as `<version> <status>`. */
function lookingAt(lines: readonly (readonly [second: number, message: string, stream?: string])[], pageSize = 10) {
  const logs = fakeLogs();
  logs.state.pageSize = pageSize;
  const events = lines.map(([second, message, logStreamName = stream], at) => ({
    ...{ eventId: String(at), timestamp: second * 1000, message, logStreamName },
  }));
  logs.groups.set(group, events);
  const send = async ({ input }: { readonly input: object }) =>
    logs.filterLogEvents(input as Record<string, unknown>)[1];
  const client = Object.assign(new CloudWatchLogsClient({ region: 'eu-central-1' }), { send }) as CloudWatchLogsClient;
  let reading: InvocationReading = { from: 0, failures: [] };
  return async (second: number, { time = 0, pages = 3 } = {}) => {
    const log = { environment: 'staging', group };
    const { records, next } = await loggedInvocations(client, log, reading, { time, now: second * 1000, pages });
    reading = next;
    return records.map(({ version, status, ms }) => `${version} ${status} ${ms}`);
  };
}

it.each([
  ['ends well', []],
  [
    'writes an error and ends well',
    ['[ERROR]\t2026-03-01T12:00:00Z\tr1\tcould not book', '2026-03-01T12:00:00Z\tr1\tERROR\tno'],
  ],
])('an invocation that %s is answered', async (_what, lines) => {
  const look = lookingAt([...lines.map((line) => [10, line] as const), [10, report('r1')]]);
  expect(await look(60)).toEqual(['6 200 20.5']);
});

it.each([
  ['Python’s word on what nobody caught', ["[ERROR] KeyError: 'name'\rTraceback (most recent call last):"], ''],
  ['Node’s', ['2026-03-01T12:00:00Z\tr1\tERROR\tInvoke Error \t{"errorType":"Error"}'], ''],
  ['Node’s on a promise', ['2026-03-01T12:00:00Z\tr1\tERROR\tUnhandled Promise Rejection \t{}'], ''],
  ['Lambda’s on time', ['2026-03-01T12:00:00Z r1 Task timed out after 3.00 seconds'], 'Status: timeout'],
  ['Lambda’s on an exit', ['RequestId: r1 Error: Runtime exited with error: exit status 1'], ''],
  ['its report', [], 'Status: error\tError Type: Runtime.ExitError'],
])('one that failed by %s counts once', async (_what, lines, more) => {
  const failed = [...lines.map((line) => [10, line] as const), [10, report('r1', more)] as const];
  const look = lookingAt([[5, report('r0')], ...failed, [15, report('r2')]]);
  expect(await look(60)).toEqual(['6 200 20.5', '6 502 20.5', '6 200 20.5']);
  expect(await look(120)).toEqual([]);
});

it('one of another environment of the function, and one in another stream, did not fail by it', async () => {
  const other = stream.replace('[6]', '[7]');
  const look = lookingAt([
    [10, '[ERROR] KeyError: x', other],
    [10, report('r1')],
    [10, report('r2'), other],
  ]);
  expect(await look(60)).toEqual(['6 200 20.5', '7 502 20.5']);
});

it('JSON reports count as the text does', async () => {
  const json = (status: string) =>
    JSON.stringify({ type: 'platform.report', record: { requestId: 'r1', status, metrics: { durationMs: 7 } } });
  const look = lookingAt([
    [1, json('success')],
    [2, json('error')],
    [3, '{"type":"platform.report"'],
  ]);
  expect(await look(60)).toEqual(['6 200 7', '6 502 7']);
});

it('is told when nothing of it can come later, and is remembered until its report comes', async () => {
  const look = lookingAt([
    [9, '2026-03-01T12:00:00Z r1 Task timed out after 3.00 seconds'],
    [40, report('r1')],
    [45, report('r2')],
  ]);
  expect(await look(10)).toEqual([]);
  expect(await look(39)).toEqual([]);
  expect(await look(71)).toEqual(['6 502 20.5']);
  expect(await look(100)).toEqual(['6 200 20.5']);
});

it('is told page by page, and none that began before', async () => {
  const look = lookingAt(
    [1, 2, 3, 4, 5].map((second) => [second, report(`r${second}`)]),
    2,
  );
  expect(await look(60, { time: 1500, pages: 1 })).toHaveLength(1);
  expect(await look(61, { time: 1500, pages: 1 })).toHaveLength(2);
  expect(await look(62, { time: 1500, pages: 1 })).toHaveLength(1);
  expect(await look(63, { time: 1500, pages: 1 })).toEqual([]);
});
