import { expect, it } from 'vitest';
import { routeAt } from './route.ts';
import { titleOf } from './title.ts';

it.each([
  ['/', '', 'Environments · SoundBite'],
  ['/ledger', '?find=ana', 'Ledger · SoundBite'],
  ['/environments/staging', '', 'staging · SoundBite'],
  [`/releases/sha256:${'2e29'.repeat(16)}`, '', 'Release 2e292e292e29 · SoundBite'],
  ['/promotions/0b8d5c1e-aaaa', '', 'Promotion 0b8d5c1e · SoundBite'],
  ['/releases', '?at=2026-12-01T03:12:00Z', 'Releases, as it was at 2026-12-01T03:12:00Z · SoundBite'],
  ['/nowhere', '', 'SoundBite'],
])('%s%s is told apart among many tabs', (pathname, search, title) => {
  expect(titleOf(routeAt({ pathname, search }))).toBe(title);
});
