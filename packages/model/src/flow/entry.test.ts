import { expect, it } from 'vitest';
import type { Digest } from '../digest.ts';
import { entryByRecords } from './entry.ts';

const release: Digest = `sha256:${'a'.repeat(64)}`;
const other: Digest = `sha256:${'b'.repeat(64)}`;
const now = Date.parse('2026-12-01T03:00:00Z');
const facts = {
  ...{ release, freezes: [], holds: [], isBlocked: false, beforeName: 'staging' },
  before: { live: release, taints: [] },
};
const freeze = {
  ...{ id: 'f', environment: 'production', until: '2026-12-01T09:00:00Z', reason: 'the sale', by: 'ana' },
  from: '2026-12-01T02:00:00Z',
};

it.each([
  ['is live in the one before', {}, { is: 'may', why: 'it is live in staging' }],
  ['is not', { before: { live: other, taints: [] } }, null],
  ['comes to the first one', { beforeName: null, before: null }, { is: 'may', why: 'it is the first environment' }],
  ['is blocked', { isBlocked: true }, null],
  ['is kept out by a freeze', { freezes: [freeze] }, { is: 'waits', why: expect.stringContaining('the sale') }],
  ['came after a freeze had ended', { freezes: [{ ...freeze, until: '2026-12-01T02:30:00Z' }] }, { is: 'may' }],
])('a release that %s', (_what, more, says) => {
  const found = entryByRecords({ ...facts, ...more }, now);
  if (says === null) expect(found).toBeNull();
  else expect(found).toMatchObject(says);
});
