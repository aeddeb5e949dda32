import { beforeEach, expect, it } from 'vitest';
import { stageOnAws } from './testing-stage.ts';

const fence = { owner: 'db', generation: 7 };
const at = stageOnAws();
beforeEach(() => at.runtime.install(at.target, at.release, fence));

const ask = (target = at.target) => at.runtime.request(target, at.release.digest, { method: 'GET', path: '/health' });
/** How many lists of versions three requests read. */
const lists = async () => {
  at.aws.reads.length = 0;
  for (let request = 0; request < 3; request += 1) await ask();
  return at.aws.reads.filter((call) => call === 'GET functions/api/versions').length;
};

it('whoever asks one version again and again has it proven once', async () => {
  expect([await lists(), await lists()]).toEqual([1, 0]);
});

it('one that is gone is looked for anew, and whatever else an answer is counts', async () => {
  await ask();
  at.aws.once.set('POST functions/api/invocations', [404, 'ResourceNotFoundException']);
  expect(await lists()).toBe(1);
  at.aws.once.set('POST functions/api/invocations', [403, 'ExpiredTokenException']);
  await expect(ask()).rejects.toMatchObject({ name: 'ExpiredTokenException' });
});

it('the next step has it proven again', async () => {
  await ask();
  for (const version of at.aws.functions.get('api')?.versions ?? []) version.CodeSha256 = 'forged';
  await expect(ask({ ...at.target })).rejects.toMatchObject({ code: 'version-unknown' });
});
