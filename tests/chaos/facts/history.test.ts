import { entryHash, type LedgerEntry } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { grown, type History, historyProblems } from './history.ts';

type Said = readonly [kind: string, subject: string, payload?: object];

const start = Date.parse('2026-11-28T08:00:00.000Z');

/** A ledger as it would stand, a second between its entries. */
function ledgerOf(said: readonly Said[]): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const [index, [kind, subject, payload = {}]] of said.entries()) {
    const at = new Date(start + index * 1000).toISOString();
    const entry = { sequence: index + 1, at, kind, subject, payload, previous: entries.at(-1)?.hash ?? null };
    entries.push({ ...entry, hash: entryHash(entry) });
  }
  return entries;
}

const step = (id: string, key: string): Said => ['step.finished', id, { step: key, key }];
const yes = (id: string, person: string): Said => ['promotion.approved', id, { person }];
const whole = (id: string): Said[] => [
  ['promotion.requested', id],
  ['promotion.admitted', id],
  ['promotion.planned', id],
  step(id, '01-verify'),
  step(id, '02-shift'),
  ['promotion.finished', id],
];

const judged = (said: readonly Said[], more: Partial<History> = {}) =>
  historyProblems({
    entries: ledgerOf(said),
    sites: new Map([
      ['a', 'staging'],
      ['b', 'staging'],
      ['c', 'staging@other'],
    ]),
    ...{ since: start, asked: ['a'], letGo: [], ...more },
  });

const none = { lost: [], doubled: [], overlapping: [], early: [] };

describe('a run', () => {
  it('in which one promotion came after the other, and another home had its own, has nothing to be said', () => {
    expect(judged([...whole('a'), ...whole('b')])).toEqual(none);
    const [first, ...rest] = whole('c');
    expect(judged([first as Said, ...whole('a'), ...rest])).toEqual(none);
  });

  it('loses what has no end, and what is on no record', () => {
    expect(judged(whole('a').slice(0, -1)).lost).toEqual(['promotion a has no end']);
    expect(judged(whole('b')).lost).toEqual(['promotion a is on no record']);
    expect(judged(whole('a'), { sites: new Map() }).lost).toEqual(['promotion a is on no record']);
  });

  it('is judged without what was asked for before it', () => {
    const before = whole('b').slice(0, 3);
    const since = start + before.length * 1000;
    expect(judged([...before, ...whole('a')], { since })).toEqual(none);
    expect(judged([...before, ...whole('a')]).lost).toEqual(['promotion b has no end']);
  });

  it.each([
    ['a step', step('a', '02-shift'), 'promotion a ended its step 02-shift 2 times'],
    ['a request', ['promotion.requested', 'a'], 'promotion.requested of a 2 times'],
    ['an admission', ['promotion.admitted', 'a'], 'promotion.admitted of a 2 times'],
    ['a plan', ['promotion.planned', 'a'], 'promotion.planned of a 2 times'],
    ['an end', ['promotion.finished', 'a'], 'promotion.finished of a 2 times'],
  ] as const)('doubles %s', (_, again, problem) => {
    expect(judged([...whole('a'), again]).doubled).toEqual([problem]);
  });

  it('is not believed by a ledger that was changed', () => {
    const entries = ledgerOf(whole('a')).map((entry) => (entry.sequence === 4 ? { ...entry, payload: {} } : entry));
    expect(judged([], { entries }).doubled).toEqual(["the ledger's chain breaks at entry 4"]);
  });

  it('overlaps where one begins, or ends a step, while another has the environment', () => {
    const [a, b] = [whole('a'), whole('b')];
    const began = [...a.slice(0, 3), ...b.slice(0, 3), ...a.slice(3), ...b.slice(3)];
    expect(judged(began).overlapping).toEqual([
      'b acts on staging (promotion.planned) while a has it',
      'a acts on staging (step.finished) while b has it',
      'a acts on staging (step.finished) while b has it',
    ]);
    const late = [...a.slice(0, 3), ...a.slice(4), ...b.slice(0, 3), a[3] as Said, ...b.slice(3)];
    expect(judged(late).overlapping).toEqual(['a acts on staging (step.finished) while b has it']);
  });

  it('lets in too early what comes before its time, or before enough people said yes', () => {
    const asksFor = (at: number, people = 0) => ({ letGo: [{ promotion: 'a', at, people }] });
    expect(judged(whole('a'), asksFor(start + 1000)).early).toEqual([]);
    expect(judged(whole('a'), asksFor(start + 1500)).early).toEqual(['a was let in 500 ms before anything let it go']);
    const [asked, ...rest] = whole('a');
    const approved = (...people: string[]) => [asked as Said, ...people.map((one) => yes('a', one)), ...rest];
    expect(judged(approved('ana', 'bob'), asksFor(start, 2)).early).toEqual([]);
    expect(judged(approved('ana', 'ana'), asksFor(start, 2)).early).toEqual(['a was let in by 1 people of 2']);
    expect(judged([...whole('a'), yes('a', 'ana'), yes('a', 'bob')], asksFor(start, 2)).early).toEqual([
      'a was let in by 0 people of 2',
    ]);
  });
});

it('waiting costs what is more than before, and what was not there', () => {
  expect(grown({ steps: 4, events: 2 }, { steps: 4, events: 1 })).toEqual([]);
  expect(grown({ steps: 4 }, { steps: 5, events: 1 })).toEqual([
    'waiting cost rows of steps: 4 became 5',
    'waiting cost rows of events: 0 became 1',
  ]);
});
