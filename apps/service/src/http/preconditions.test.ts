import { describe, expect, it } from 'vitest';
import { precondition, rangeHolds, readRange } from './preconditions.ts';

const known = { etag: '"abc"', modified: new Date('2026-01-02T03:04:05.678Z'), bytes: 100 };
const AT = 'Fri, 02 Jan 2026 03:04:05 GMT';
const BEFORE = 'Fri, 02 Jan 2026 03:04:04 GMT';
const from = (headers: Record<string, string>) => (name: string) => headers[name];

describe('preconditions', () => {
  it.each<[string, Record<string, string>, 304 | 412 | undefined]>([
    ['none', {}, undefined],
    ['the tag that the client has', { 'if-none-match': '"abc"' }, 304],
    ['it, made weak by a proxy, among others', { 'if-none-match': '"x", W/"abc"' }, 304],
    ['any', { 'if-none-match': '*' }, 304],
    ['another tag, before the date is looked at', { 'if-none-match': '"x"', 'if-modified-since': AT }, undefined],
    ['not changed since', { 'if-modified-since': AT }, 304],
    ['changed since', { 'if-modified-since': BEFORE }, undefined],
    ['a date that is none', { 'if-modified-since': 'yesterday' }, undefined],
    ['must be this one, and is', { 'if-match': '"x", "abc"' }, undefined],
    ['must be this one, and is another', { 'if-match': '"x"' }, 412],
    ['must be this one, which a weak tag cannot say', { 'if-match': 'W/"abc"' }, 412],
    ['must not have changed, and has', { 'if-unmodified-since': BEFORE }, 412],
    ['must not have changed, and has not', { 'if-unmodified-since': AT }, undefined],
  ])('%s', (_, headers, status) => {
    expect(precondition(from(headers), known)).toBe(status);
  });

  it.each<[string, boolean]>([
    ['"abc"', true],
    ['"x"', false],
    ['W/"abc"', false],
    [AT, true],
    [BEFORE, false],
  ])('a range if it is of %s', (condition, holds) => {
    expect(rangeHolds(from({ 'if-range': condition }), known)).toBe(holds);
  });
});

describe('a range of 100 bytes', () => {
  it.each<[string, ReturnType<typeof readRange>]>([
    ['bytes=0-1', { first: 0, last: 1 }],
    ['Bytes=0-1', { first: 0, last: 1 }],
    ['bytes=0-', { first: 0, last: 99 }],
    ['bytes=99-', { first: 99, last: 99 }],
    ['bytes=50-9999', { first: 50, last: 99 }],
    ['bytes=-10', { first: 90, last: 99 }],
    ['bytes=-1000', { first: 0, last: 99 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-4', undefined],
    ['bytes=0-1,5-6', undefined],
    ['bytes=-', undefined],
    ['bytes=a-b', undefined],
    ['seconds=0-1', undefined],
  ])('%s', (range, expected) => {
    expect(readRange(from({ range }), 100)).toEqual(expected);
  });
});
