import { describe, expect, it } from 'vitest';
import { aliasedVersions } from '../../packages/runtimes/src/testing-account.ts';
import { hello } from '../support/described/hello.ts';
import { asItStands, json } from '../support/described/service.ts';
import { serviceJourney, stageOf } from '../support/service-journey.ts';

describe(hello.is, () => {
  const on = stageOf(hello);
  serviceJourney(hello, on);

  it('has its URL missed when somebody deletes it, and made again by a repair', async () => {
    const { account } = await on().place('live');
    const [name = ''] = Object.keys(await aliasedVersions(account));
    await on().aws('live', 'lambda', 'delete-function-url-config', '--function-name', name, '--qualifier', 'live');
    const { findings } = await on().soundbite<{ findings: { name: string }[] }>(1, 'validate', 'live');
    expect(findings.map((finding) => finding.name)).toContain(`drift URL of ${name}:live`);
    await on().soundbite(0, 'repair', 'live');
    const place = await on().place('live');
    expect(await hello.use(place)).toBe(asItStands);
    expect(await json(place, '/health')).toEqual({ status: 'well' });
  });
});
