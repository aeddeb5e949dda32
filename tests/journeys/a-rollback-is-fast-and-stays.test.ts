import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentStatus, type PromotionDocument, runningRelease, soundbite } from '../support/environments.ts';
import { failures, pollingClient } from '../support/polling-client.ts';
import type { Repository } from '../support/repository.ts';
import { workingCopy } from '../support/working-copy.ts';

/** Environments of both runtimes: the first of the chain, and one on Lambda reached by an override. */
const places = ['dev-localstack', 'dev-aws-deployed'];

describe('a second release, promoted and rolled back under a client that polls', () => {
  let copy: Repository;
  let release: string;
  beforeAll(async () => {
    copy = await workingCopy();
    await copy.edit('apps/service/src/http/soundbites.ts', 'const LARGEST_PAGE = 100;', 'const LARGEST_PAGE = 114;');
    await copy.commit('A good change');
    ({ release } = (await soundbite('release', 'cut', '--source', copy.directory, '--json')).json<{
      release: string;
    }>());
  });
  afterAll(() => copy?.remove());

  it.each(places)(
    'in %s: no request fails, the old release answers, and `up` does not bring the new one back',
    async (name) => {
      const before = await environmentStatus(name);
      const client = pollingClient(before.url, 5);
      // The environments with processes share the code of a release: both install it at once.
      const beside = name === 'dev-localstack' ? ['dev-aws'] : [];
      const promote = (into: string) =>
        soundbite('promote', into, '--release', release, '--override', '--reason', 'a journey', '--json');
      for (const promoted of await Promise.all([name, ...beside].map(promote)))
        expect(promoted.code, promoted.stderr).toBe(0);
      for (const other of beside) expect((await soundbite('rollback', other, '--json')).code).toBe(0);
      expect(await runningRelease(before.url)).toBe(release);
      const back = await soundbite('rollback', name, '--json');
      expect(back.code, back.stderr).toBe(0);
      const answers = await client.stop();

      expect(back.json<PromotionDocument>()).toMatchObject({
        state: 'succeeded',
        release: before.release,
        previous: release,
      });
      expect(back.json<PromotionDocument>().steps.map((step) => step.name)).not.toContain('infrastructure');
      expect(failures(answers)).toEqual([]);
      expect(new Set(answers.map((answer) => answer.release))).toEqual(new Set([before.release, release]));
      expect(await runningRelease(before.url)).toBe(before.release);

      const up = await soundbite('up', '--json');
      expect(up.code, up.stderr).toBe(0);
      expect(await environmentStatus(name)).toMatchObject({ state: 'healthy', release: before.release });
      // A rollback holds its environment: others find none.
      for (const held of [name, ...beside]) expect((await soundbite('resume', held, '--json')).code).toBe(0);
    },
  );
});
