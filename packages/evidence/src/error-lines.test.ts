import { describe, expect, it } from 'vitest';
import { errorReader } from './error-lines.ts';

const release = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;
const id = '0b1e2d3c-0000-4000-8000-000000000000';
const at = '2026-03-01T12:00:00.123Z';

/** What is read of each event of one source, in order. */
const read = (...texts: readonly string[]) => texts.map((text) => errorReader(release)('api', text)).at(-1);
const readAll = (...texts: readonly string[]) => {
  const reader = errorReader(release);
  return texts.map((text) => reader('api', text));
};
const json = (line: object) => JSON.stringify(line);

describe('an error in a log line', () => {
  it.each<[string, string, string]>([
    [
      'as a service says it',
      json({ level: 'warn', release, msg: 'no answer', error: { type: 'Denied', message: 'dynamodb:PutItem' } }),
      'no answer: Denied: dynamodb:PutItem',
    ],
    [
      'as Lambda’s Python runtime says it, in one event',
      "[ERROR] KeyError: 'name'\nTraceback (most recent call last):\n\u00a0\u00a0File \"/var/task/book.py\", line 7, in handle\n\u00a0\u00a0\u00a0\u00a0event['name']",
      "KeyError: 'name'",
    ],
    [
      'as it says it with carriage returns',
      "[ERROR] Runtime.ImportModuleError: Unable to import module 'book'\rTraceback (most recent call last):",
      "Runtime.ImportModuleError: Unable to import module 'book'",
    ],
    [
      'of Python’s logging',
      `[ERROR]\t${at}\t${id}\tcould not book\nTraceback (most recent call last):\n  File "/var/task/book.py", line 7, in handle\n    event['name']\nKeyError: 'name'`,
      "could not book: KeyError: 'name'",
    ],
    ['of Python’s logging without an exception', `[CRITICAL]\t${at}\t${id}\tno table`, 'no table'],
    [
      'of Python’s logging in Lambda’s JSON log format',
      json({ timestamp: at, level: 'ERROR', message: 'could not book', errorType: 'KeyError', errorMessage: "'name'" }),
      "could not book: KeyError: 'name'",
    ],
    [
      'of the Python runtime in Lambda’s JSON log format',
      json({
        timestamp: at,
        log_level: 'ERROR',
        errorType: 'KeyError',
        errorMessage: "'name'",
        stackTrace: ['  File'],
      }),
      "KeyError: 'name'",
    ],
    [
      'as Lambda’s Node runtime says it',
      `${at}\t${id}\tERROR\tInvoke Error \t${json({ errorType: 'TypeError', errorMessage: 'x is not a function', stack: ['at'] })}`,
      'Invoke Error: TypeError: x is not a function',
    ],
    ['of Node’s console', `${at}\t${id}\tERROR\tError: boom\n    at handler (/var/task/index.js:1:2)`, 'Error: boom'],
    [
      'of Node’s runtime in Lambda’s JSON log format',
      json({ timestamp: at, level: 'ERROR', message: { errorType: 'TypeError', errorMessage: 'no', stackTrace: [] } }),
      'TypeError: no',
    ],
    [
      'of Node’s console in Lambda’s JSON log format',
      json({ timestamp: at, level: 'ERROR', message: 'it broke', errorType: 'Error', errorMessage: 'it broke' }),
      'Error: it broke',
    ],
    [
      'of an invocation that took too long',
      `${at} ${id} Task timed out after 3.00 seconds`,
      'Task timed out after 3.00 seconds',
    ],
    [
      'of one that took too long in Lambda’s JSON log format',
      json({ type: 'platform.report', record: { status: 'timeout', metrics: { durationMs: 3000 } } }),
      'timed out after 3000 ms',
    ],
    [
      'of a process that ended',
      `RequestId: ${id} Error: Runtime exited with error: exit status 1`,
      'Runtime exited with error: exit status 1',
    ],
  ])('%s', (_, text, error) => {
    expect(read(text)).toBe(error);
  });

  it.each<[string, string]>([
    ['names another release', json({ level: 'error', release: other, error: { type: 'Denied', message: 'x' } })],
    ['is no error', json({ level: 'info', message: 'KeyError: told' })],
    ['was cut', '{"level":"error","release":"'],
    ['is a report', `REPORT RequestId: ${id}\tDuration: 3.2 ms\tBilled Duration: 4 ms`],
    ['is a report in JSON', json({ type: 'platform.report', record: { status: 'error', errorType: 'KeyError' } })],
    ['only looks like the end of a traceback', "KeyError: 'name'"],
    ['is indented', '    at last'],
    ['is Node’s information', `${at}\t${id}\tINFO\tError: told`],
    ['is empty', ''],
  ])('is none in a line that %s', (_, text) => {
    expect(read(text)).toBeNull();
  });

  it('is read over several events, each source by itself', () => {
    const reader = errorReader(release);
    const trace = ['Traceback (most recent call last):', '  File "/var/task/book.py", line 7, in handle', ''];
    expect(trace.map((text) => reader('api', text))).toEqual([null, null, null]);
    expect(reader('worker', 'KeyError: 1')).toBeNull();
    expect(reader('api', 'botocore.errorfactory.NotFound: no table')).toBe('botocore.errorfactory.NotFound: no table');
    expect(reader('api', 'NotFound: told')).toBeNull();
  });

  it('of a Node process is the line before its stack', () => {
    expect(readAll('could not book Error: boom', '    at handler (file:///index.mjs:1:2)', '    at next')).toEqual([
      null,
      'could not book Error: boom',
      null,
    ]);
  });

  it('of Lambda’s Python runtime ends with its event: what comes next is no part of its traceback', () => {
    expect(readAll('[ERROR] KeyError: 1\nTraceback (most recent call last):\n  File', 'started: again')).toEqual([
      'KeyError: 1',
      null,
    ]);
  });
});
