import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { doctor } from './doctor.ts';
import { validate } from './inspection.ts';
import { status } from './status.ts';
import { realAccount, worldOn } from './testing.ts';

beforeEach(() => {
  vi.stubGlobal('fetch', async () => new Response('{}', { status: 401, headers: { 'www-authenticate': 'Bearer' } }));
});
afterEach(() => vi.unstubAllGlobals());

const otherDeclaration = { by: 'ana', host: null, at: null, differs: [{ path: 'watch', recorded: 5, here: 2 }] };
const finding = {
  name: 'declaration',
  ok: false,
  detail:
    'declared differently here than by ana: watch (2 instead of 5); the recorded one counts until a promotion from here begins',
};

it('every look says where a shared environment is declared otherwise than on record; it serves as well as before', async () => {
  const world = worldOn(realAccount({ otherDeclaration }));
  const [seen] = (await status(world)).environments;
  expect(seen).toMatchObject({ state: 'healthy', declaredOtherwise: otherDeclaration, findings: [finding] });
  const checked = await validate(world, 'staging');
  expect(checked.ok).toBe(false);
  expect(checked.findings.filter(({ ok }) => !ok)).toMatchObject([finding]);
  const found = (await doctor(world, ['staging'])).findings.filter(({ ok }) => !ok);
  expect(found).toMatchObject([{ ...finding, name: 'staging declaration' }]);
});

it('nothing is said where it is declared as on record', async () => {
  const world = worldOn(realAccount());
  expect((await status(world)).environments).toMatchObject([{ declaredOtherwise: null, findings: [] }]);
  expect((await validate(world, 'staging')).ok).toBe(true);
});
