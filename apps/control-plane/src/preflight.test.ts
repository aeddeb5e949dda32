import { describe, expect, it } from 'vitest';
import { judgeDatabase } from './preflight.ts';

const named = { place: 'ana@db.example:5432/team', installation: 'B', holdsRecords: true, movedTo: null };
const empty = { ...named, installation: null, holdsRecords: false };
const own = { installation: 'A', place: null };
const shared = { installation: 'A', place: 'db.example/old' };

const codeOf = (situation: Parameters<typeof judgeDatabase>[0]) => {
  try {
    return judgeDatabase(situation);
  } catch (error) {
    return error;
  }
};

describe('the database of a home', () => {
  it('is any, for a new home', () => {
    for (const one of [null, named, empty]) expect(judgeDatabase({ last: null, hasOwn: false, named: one })).toBeNull();
  });

  it('is the one before, by whatever words it is named', () => {
    expect(judgeDatabase({ last: own, hasOwn: true, named: null })).toBeNull();
    expect(judgeDatabase({ last: shared, hasOwn: true, named: { ...named, installation: 'A' } })).toBeNull();
  });

  it('is not an empty one while the home’s own holds its records: they are carried over first', () => {
    const refused = {
      code: 'records-left-behind',
      message:
        "the records of this home are in this home's own database, and ana@db.example:5432/team is empty: all environments would count as empty",
      hint: expect.stringContaining('soundbite database move'),
    };
    expect(codeOf({ last: own, hasOwn: true, named: empty })).toMatchObject(refused);
    expect(codeOf({ last: null, hasOwn: true, named: empty })).toMatchObject(refused);
    expect(codeOf({ last: shared, hasOwn: true, named: empty })).toMatchObject({
      code: 'records-left-behind',
      hint: expect.stringMatching(/^set DATABASE_URL to db\.example\/old again/),
    });
  });

  it('may be a team’s that has records of its own, which is said', () => {
    expect(judgeDatabase({ last: own, hasOwn: true, named })).toContain('soundbite takeover <environment>');
  });

  it('is not forgotten with DATABASE_URL', () => {
    expect(codeOf({ last: shared, hasOwn: true, named: null })).toMatchObject({
      code: 'database-unset',
      message: 'the records of this home are in db.example/old, and DATABASE_URL is not set',
    });
  });

  it('is any, when a person says that the records are lost', () => {
    expect(judgeDatabase({ last: shared, hasOwn: true, named: empty, withoutRecords: true })).toBeNull();
    expect(judgeDatabase({ last: shared, hasOwn: true, named: null, withoutRecords: true })).toBeNull();
  });

  it('is not a copy that a move left behind before its end', () => {
    expect(codeOf({ last: own, hasOwn: true, named: { ...named, installation: 'A' } })).toMatchObject({
      code: 'database-move-unfinished',
      hint: 'finish it: soundbite database move',
    });
  });

  it('is not one whose records were moved away', () => {
    expect(codeOf({ last: null, hasOwn: false, named: { ...named, movedTo: 'db.example/new' } })).toMatchObject({
      code: 'database-moved',
    });
  });
});
