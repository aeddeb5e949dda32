import type { Overview } from '@soundbite/client';
import { expect, it } from 'vitest';
import { awaitedIn } from './awaited.ts';

const wait = (promotion: string, since: string, who?: readonly string[]) => ({
  promotion,
  since,
  gates: who ? [{ gate: 'soak' }, { gate: 'approval', who }] : [{ gate: 'soak' }],
});
const overview = {
  environments: [
    { environment: 'staging', why: { waits: [wait('late', '2026-12-01T09:00:00Z', ['ana', 'ben'])] } },
    {
      environment: 'production',
      why: { waits: [wait('soaks', '2026-12-01T07:00:00Z'), wait('early', '2026-12-01T08:00:00Z', ['ben'])] },
    },
  ],
} as unknown as Overview;

it('what waits for people is listed oldest first, and says whether the reader is asked', () => {
  const found = awaitedIn(overview, { name: 'ana' });
  expect(found.map(({ environment, wait: { promotion }, isMine }) => [environment, promotion, isMine])).toEqual([
    ['production', 'early', false],
    ['staging', 'late', true],
  ]);
  expect(awaitedIn(overview, undefined).some(({ isMine }) => isMine)).toBe(false);
});
