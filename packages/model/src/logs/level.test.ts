import { expect, it } from 'vitest';
import { logLevelOf } from './level.ts';
import { isAtLeast, type LogLevel } from './levels.ts';

const id = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
const time = '2026-01-02T03:04:05.678Z';

it.each<readonly [string, LogLevel]>([
  // pino and bunyan, with levels of one's own between theirs
  ['{"level":10,"msg":"x"}', 'debug'],
  ['{"level":20,"time":1}', 'debug'],
  ['{"time":1,"level":30}', 'info'],
  ['{"level":35}', 'info'],
  ['{"level":40}', 'warn'],
  ['{"level":50,"err":{"level":10}}', 'error'],
  ['{"level":60}', 'error'],
  // words, in any case
  ['{"level":"info","message":"an error"}', 'info'],
  ['{"level":"WARN","service":"shop"}', 'warn'],
  ['{"level":"Warning"}', 'warn'],
  ['{"level":"CRITICAL"}', 'error'],
  ['{"severity":"NOTICE"}', 'info'],
  ['{"levelname":"ERROR"}', 'error'],
  ['{"log.level":"trace"}', 'debug'],
  // Lambda's JSON format, and Powertools
  [`{"timestamp":"${time}","level":"ERROR","requestId":"${id}","message":"no"}`, 'error'],
  // Lambda's text formats
  [`${time}\t${id}\tINFO\tsaid error`, 'info'],
  [`${time}\tundefined\tERROR\tUncaught Exception \t{"errorType":"TypeError"}`, 'error'],
  [`[WARNING]\t${time}\t${id}\tlow`, 'warn'],
  ['[ERROR] KeyError: name\nTraceback (most recent call last):', 'error'],
  [`2026-01-02 03:04:05 ${id} DEBUG Handler:12 - in`, 'debug'],
  // what pino says through console.log, or in a coloured terminal
  [`${time}\t${id}\tINFO\t{"level":50,"msg":"no"}`, 'error'],
  [`${time}\t${id}\tINFO\t{"msg":"no"}`, 'info'],
  ['\u001b[31m{"level":"error"}\u001b[39m', 'error'],
  // other loggers
  ['2026-01-02 03:04:05,678 INFO ready', 'info'],
  ['2026/01/02 03:04:05 [FATAL] gone', 'error'],
  ['WARNING:root:low', 'warn'],
  ['ERROR\tno', 'error'],
  ['ts=2026 msg="all level=error is well" level=info', 'info'],
  ['level="warn" msg=x', 'warn'],
])('%j is of %s', (line, level) => {
  expect(logLevelOf(line)).toBe(level);
});

it.each([
  '',
  '   ',
  'an ERROR occurred',
  'ERROR codes are documented',
  'error: no',
  'Error: no such file\n    at main.js:1',
  'The level=error of it',
  'INFORMATION',
  '[ERRORS] are many',
  '[x] ERROR no',
  '{"level":true}',
  '{"level":null,"message":"ERROR"}',
  '{"level":"loud"}',
  '{"level":3}',
  '{"level":1e9}',
  '{"message":"ERROR"}',
  '{"nested":{"level":50}}',
  '{"level":50',
  '{',
  '[{"level":50}]',
  'null',
  `START RequestId: ${id} Version: $LATEST`,
  `REPORT RequestId: ${id}\tDuration: 2.00 ms\tStatus: error`,
  `${time} ${id} Task timed out after 3.00 seconds`,
  `{"time":"${time}","type":"platform.report","record":{"status":"error"}}`,
])('%j says none', (line) => {
  expect(logLevelOf(line)).toBeNull();
});

it('a hostile line costs no more than its length', () => {
  const began = performance.now();
  for (const line of [
    'a="x" '.repeat(40_000),
    `{${'"level":'.repeat(40_000)}`,
    '\u001b['.repeat(100_000),
    'a= '.repeat(80_000),
  ])
    expect(logLevelOf(line)).toBeNull();
  expect(performance.now() - began).toBeLessThan(2_000);
});

it('worse is at least as bad', () => {
  expect(isAtLeast('error', 'warn')).toBe(true);
  expect(isAtLeast('warn', 'warn')).toBe(true);
  expect(isAtLeast('info', 'warn')).toBe(false);
});
