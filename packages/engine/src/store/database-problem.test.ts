import { describe, expect, it } from 'vitest';
import { databaseProblem, newerDatabase, tooOld } from './database-problem.ts';

const url = 'postgres://ana:s3cret%21@db.example:6000/team';
const error = (code: string, message = 'something') => Object.assign(new Error(message), { code });

describe('a database that cannot be used', () => {
  it.each([
    [
      error('ECONNREFUSED'),
      'database-down',
      'the database ana@db.example:6000/team does not answer: nobody listens there (ECONNREFUSED)',
    ],
    [
      error('ENOTFOUND'),
      'database-down',
      'the database ana@db.example:6000/team does not answer: no host has that name (ENOTFOUND)',
    ],
    [
      error('', 'timeout expired'),
      'database-down',
      'the database ana@db.example:6000/team does not answer: no answer in time',
    ],
    [
      error('28P01', 'password authentication failed for user "ana"'),
      'database-unusable',
      'the database ana@db.example:6000/team refuses this user or its password (password authentication failed for user "ana")',
    ],
    [
      error('', 'it does not speak as Postgres does'),
      'database-unusable',
      'what answers at ana@db.example:6000/team is not Postgres',
    ],
    [
      error('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'),
      'database-unusable',
      'the certificate of ana@db.example:6000/team is not trusted: self-signed certificate in certificate chain',
    ],
    [error('3D000'), 'database-unusable', 'there is no database ana@db.example:6000/team'],
    [
      error('42501', 'permission denied for schema soundbite'),
      'database-unusable',
      'the user of ana@db.example:6000/team lacks rights: permission denied for schema soundbite',
    ],
    [
      error('08P01', 'unsupported startup parameter: options'),
      'database-unusable',
      expect.stringContaining('connection pooler (PgBouncer)'),
    ],
    [error('25006'), 'database-unusable', 'ana@db.example:6000/team is read-only, as a standby is'],
    [
      error('', `no route\nat ${url}`),
      'database-down',
      'the database ana@db.example:6000/team does not answer: no route',
    ],
  ])('is told in one sentence: %s', (cause, code, message) => {
    const problem = databaseProblem(url, cause);
    expect(problem).toMatchObject({ code, message, hint: expect.stringMatching(/./) });
    expect(problem.message + problem.hint).not.toMatch(/s3cret|\n/);
  });

  it('may have a URL that is none, which is not repeated', () => {
    const problem = databaseProblem('postgres://ana:s3cret@[', error('ERR_INVALID_URL'));
    expect(problem).toMatchObject({ code: 'database-unusable', message: 'DATABASE_URL is no URL' });
  });

  it('may be too old or too new', () => {
    expect(tooOld(url, '12.20').message).toBe('ana@db.example:6000/team is Postgres 12.20; 13 or newer is needed');
    expect(newerDatabase(url, ['0009-later'], null)).toMatchObject({
      code: 'database-newer',
      message: expect.stringContaining('(migration 0009-later); this one is older and changes nothing'),
      hint: expect.stringContaining("-S '0009-later'"),
    });
    expect(newerDatabase(url, ['0009-later'], 'SoundBite 0.3.0 (commit 1a2b3c4d5e6f)')).toMatchObject({
      message: expect.stringContaining('were migrated by SoundBite 0.3.0 (commit 1a2b3c4d5e6f)'),
      hint: 'git checkout 1a2b3c4d5e6f, or a newer commit',
    });
  });
});
