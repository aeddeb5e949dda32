import type { LogLevel } from '@soundbite/model/logs/levels.ts';
import { expect, it } from 'vitest';
import {
  afterNews,
  emptyLog,
  type LogNews,
  type LogPage,
  linesWith,
  logsKept,
  paused,
  resumed,
  unlevelledIn,
} from './log-lines.ts';

const line = (text: string, source = 'api', level: LogLevel | null = null): LogNews => ({
  is: 'line',
  line: { at: '2026-11-01T00:00:00.000Z', source, text, level },
});
const lines = (from: number, count: number) => Array.from({ length: count }, (_, n) => line(`line ${from + n}`));
const texts = ({ entries }: Pick<LogPage, 'entries'>) =>
  entries.map((one) => ('line' in one ? one.line.text : `broke ${one.brokeAt} ${one.why}`));

it('the newest lines are kept, and it is counted how many older ones were dropped', () => {
  const page = [lines(0, logsKept - 1), lines(logsKept - 1, 6)].reduce(afterNews, emptyLog);
  expect(page.entries).toHaveLength(logsKept);
  expect(page.dropped).toBe(5);
  expect([texts(page).at(0), texts(page).at(-1)]).toEqual(['line 5', `line ${logsKept + 4}`]);
  expect(new Set(page.entries.map(({ number }) => number)).size).toBe(logsKept);
});

it('while it is paused what is shown stays, what comes is counted, and all of it is there afterwards', () => {
  const still = paused(afterNews(emptyLog, lines(0, 2)));
  const later = afterNews(afterNews(still, lines(2, 5)), lines(7, 7));
  expect(later.entries).toBe(still.entries);
  expect(later.more).toBe(12);
  const again = resumed(later);
  expect(texts(again)).toEqual(lines(0, 14).map((one) => (one.is === 'line' ? one.line.text : '')));
  expect(again).toMatchObject({ isPaused: false, more: 0, later: [], dropped: 0 });
});

it('a pause is bounded, too, and what it lost is counted among the dropped', () => {
  const page = afterNews(paused(afterNews(emptyLog, lines(0, 10))), lines(10, logsKept + 3));
  expect(page.later).toHaveLength(logsKept);
  expect(page.more).toBe(logsKept + 3);
  expect(resumed(page)).toMatchObject({ dropped: 13, more: 0 });
});

it('an outage is marked once, where it was, until it is followed again; also in a pause', () => {
  const broken = (at: string): LogNews => ({ is: 'broken', at, why: 'gone' });
  const news = [line('a'), broken('1'), broken('2'), { is: 'followed' } as const, broken('3'), line('b'), broken('4')];
  const wanted = ['a', 'broke 1 gone', 'broke 3 gone', 'b', 'broke 4 gone'];
  const page = afterNews(emptyLog, news);
  expect(texts(page)).toEqual(wanted);
  expect(page.state).toBe('broken');
  const one = news.reduce((before, each) => afterNews(before, [each]), paused(emptyLog));
  expect(one.more).toBe(2);
  expect(texts(resumed(one))).toEqual(wanted);
});

it('a refusal says why until it is asked anew; a state alone draws no line anew', () => {
  const some = afterNews(emptyLog, [{ is: 'followed' }, line('a')]);
  const refused = afterNews(some, [{ is: 'refused', error: 'no stack' }]);
  expect(refused).toMatchObject({ state: 'refused', error: 'no stack' });
  expect(refused.entries).toBe(some.entries);
  expect(afterNews(refused, [{ is: 'asked' }])).toMatchObject({ state: 'asked', error: null });
});

it('a line is found by all its words, of its component, too, in any order and case; breaks stay', () => {
  const page = afterNews(emptyLog, [
    line('Spoke a TEXT'),
    line('spoke nothing', 'worker'),
    { is: 'broken', at: '1', why: null },
    line('a text'),
  ]);
  const found = (find: string) => texts({ entries: linesWith(page.entries, find, null) });
  expect(found('text  spoke')).toEqual(['Spoke a TEXT', 'broke 1 null']);
  expect(found('worker spoke')).toEqual(['spoke nothing', 'broke 1 null']);
  expect(linesWith(page.entries, '  ', null)).toBe(page.entries);
});

it('lines that are bad enough, or worse, are found by their level; one that says none is not', () => {
  const page = afterNews(emptyLog, [
    line('spoke', 'api', 'info'),
    line('slow', 'api', 'warn'),
    line('ERROR', 'api'),
    line('no', 'worker', 'error'),
    { is: 'broken', at: '1', why: null },
  ]);
  const found = (least: LogLevel, find = '') => texts({ entries: linesWith(page.entries, find, least) });
  expect(found('warn')).toEqual(['slow', 'no', 'broke 1 null']);
  expect(found('warn', 'worker')).toEqual(['no', 'broke 1 null']);
  expect(found('debug')).toEqual(['spoke', 'slow', 'no', 'broke 1 null']);
  expect(unlevelledIn(page.entries)).toBe(1);
});
