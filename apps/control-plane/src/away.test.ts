import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { doctor } from './doctor.ts';
import { status } from './status.ts';
import { realAccount, worldOn } from './testing.ts';

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('{}', { status: 401, headers: { 'www-authenticate': 'Bearer' } }));
});
afterEach(() => vi.unstubAllGlobals());

const id = '1a2b3c4d'.repeat(4);
const home = { id, host: 'ana', isRunning: false, environments: ['dev-aws', 'staging'], unfinished: ['p-9'] };

it('a home whose control plane does not run is named, with what is on record of it and how that is forgotten', async () => {
  const world = worldOn(realAccount({ otherHomes: [home] }));
  expect((await status(world)).away).toEqual([
    { home: id, host: 'ana', environments: ['dev-aws', 'staging'], unfinished: ['p-9'] },
  ]);
  expect((await status(world, ['staging'])).away).toEqual([]);
  const found = async (more: object) =>
    (await doctor(worldOn(realAccount({ otherHomes: [{ ...home, ...more }] })), [])).findings.find(
      ({ name }) => name === 'home 1a2b3c4d',
    );
  expect(await found({})).toEqual({
    name: 'home 1a2b3c4d',
    ok: false,
    detail: 'its control plane on ana does not run; it has dev-aws, staging; 1 of its promotions have not ended',
    hint: 'start it there: soundbite up; if that home is gone for good: soundbite destroy dev-aws@1a2b3c4d --reason "…", soundbite destroy staging@1a2b3c4d --reason "…"',
  });
  // A laptop that is switched off is nobody's trouble.
  expect(await found({ unfinished: [] })).toMatchObject({ ok: true });
  expect(await found({ isRunning: true })).toBeUndefined();
});
