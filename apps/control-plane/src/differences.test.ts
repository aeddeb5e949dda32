import type { RecordedThere } from '@soundbite/engine';
import type { Environment } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { differencesOf } from './differences.ts';
import { live, other, type RealAccount, realAccount, worldOn } from './testing.ts';

async function found(over: Partial<RealAccount> = {}, half: RecordedThere['half'] = []) {
  const world = worldOn(realAccount(over));
  const [environment] = world.declaration().environments as [Environment];
  const seen = await differencesOf(world, environment, { live, infrastructure: live, half });
  return seen.map(({ where, detail, hint }) => `${where}: ${detail}; ${hint}`);
}

const member = { id: 'Queue', type: 'AWS::SQS::Queue', physicalId: 'q-1' };

describe('how an environment differs from what was released into it', () => {
  it('in nothing, where it is as released, though the release itself is not well', async () => {
    expect(await found()).toEqual([]);
    expect(await found({ answers: new Error('it hangs') })).toEqual([]);
  });

  it('in what somebody deleted or changed in its account', async () => {
    const changed = [{ ...member, differences: ['VisibilityTimeout is 1, not 60'] }];
    expect(await found({ missing: [member], changed })).toEqual([
      'resources: somebody deleted Queue (q-1); soundbite repair staging',
      'settings: somebody changed Queue (VisibilityTimeout is 1, not 60); soundbite repair staging',
    ]);
    expect(await found({ deployed: null, serving: null })).toEqual([
      'stack: there is none: somebody deleted it; soundbite repair staging',
    ]);
  });

  it('in who has its traffic, and in what has traffic and is no release', async () => {
    expect(await found({ serving: other })).toEqual([
      expect.stringMatching(/^running: bbbbbbbbbbbb at 100 % .*; soundbite up restores what is recorded$/),
    ]);
    const drift = { where: 'soundbite-staging-api:8', detail: 'takes 10 % of the traffic, and is not a release' };
    expect(await found({ drift: [{ ...drift, inTraffic: true }] })).toEqual([
      `${drift.where}: ${drift.detail}; soundbite promote staging --release ${live}`,
    ]);
    expect(await found({ drift: [{ ...drift, inTraffic: false }] })).toEqual([]);
  });

  it('not in what a promotion left that broke down: nobody made that outside', async () => {
    expect(await found({ serving: other }, [other])).toEqual([]);
  });

  it('throws what kept it from looking, so that nobody takes that for a pass', async () => {
    await expect(found({ refuses: new Error('AccessDenied') })).rejects.toThrow('AccessDenied');
  });
});
