import { expect, it } from 'vitest';
import { digestOf } from '../digest.ts';
import { signedLink } from './approval-link.ts';
import { pageCookieName, readSession, type SessionClaim, sessionLastsMs, signedSession } from './page-session.ts';

const claim: SessionClaim = { token: 'bob', created: '2026-12-01T08:00:00.000Z', issued: 1_000_000 };
const session = signedSession(claim, 'secret');
const [text = '', signature = ''] = session.split('.');
const forged = Buffer.from(JSON.stringify({ ...claim, token: null })).toString('base64url');
const link = signedLink(
  {
    ...{ id: 'l-1', promotion: 'p-1', release: digestOf('x'), person: 'bob@example.com', token: 'bob' },
    ...{ issued: 1_000_000, expires: 9_000_000 },
  },
  'secret',
);

it('a session says what it was signed for, as text that a cookie can hold', () => {
  expect(readSession(session, 'secret', 1_000_000)).toEqual(claim);
  expect(session).toMatch(/^[\w-]+\.[\w-]+$/);
});

it.each([
  ['of another home', session, 'other', 1_000_000],
  ['of another token', `${forged}.${signature}`, 'secret', 1_000_000],
  ['without a signature', text, 'secret', 1_000_000],
  ['with something behind it', `${session}.x`, 'secret', 1_000_000],
  ['that is a link', link, 'secret', 1_000_000],
  ['that is nothing', '', 'secret', 1_000_000],
  ['that is over', session, 'secret', 1_000_000 + sessionLastsMs],
  ['of a time to come, since the clock was put back', session, 'secret', 900_000],
])('a session %s is none', (_, given, secret, now) => {
  expect(readSession(given, secret, now)).toBeNull();
});

it('a clock that is put right by a moment ends no session', () => {
  expect(readSession(session, 'secret', 950_000)).toEqual(claim);
});

it('each home has a cookie of its own, of a name that tells nothing', () => {
  expect(pageCookieName('secret')).toMatch(/^soundbite-page-[0-9a-f]{8}$/);
  expect(pageCookieName('secret')).toBe(pageCookieName('secret'));
  expect(pageCookieName('secret')).not.toBe(pageCookieName('other'));
});
