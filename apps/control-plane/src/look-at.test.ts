import { type Digest, type Environment, type Fence, SoundBiteError, type Target } from '@soundbite/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { environmentState } from './condition.ts';
import { status } from './status.ts';
import { live, other, type RealAccount, realAccount, worldOn } from './testing.ts';
import { type LookMemory, lookMemory } from './world/look-memory.ts';
import type { World } from './world/world.ts';

const fence: Fence = { owner: 'db', generation: 7 };

/** A control plane on a real account, what it asked of it, and a clock. */
let nowMs: number;
let account: RealAccount;
let looks: LookMemory;
let world: World;
let stacks: number;
beforeEach(() => {
  [nowMs, stacks] = [0, 0];
  account = realAccount();
  looks = lookMemory(() => nowMs);
  const bare = worldOn(account);
  const infrastructure = {
    ...bare.infrastructure,
    state: async (...given: Parameters<World['infrastructure']['state']>) => {
      stacks += 1;
      return bare.infrastructure.state(...given);
    },
    deploy: async () => ({}),
  };
  const runtime = looks.runtime({ ...bare.runtime('aws'), setWeights: async () => {} });
  world = { ...bare, looks, infrastructure: looks.infrastructure(infrastructure), runtime: () => runtime };
});

const staging = () => world.declaration().environments[0] as Environment;
const gate = (release: Digest = live) => environmentState(world, staging(), release);
const told = async () => (await status(world)).environments[0];

describe('looks at a real account that come again and again', () => {
  it('are one each fifteen seconds, whoever asks and however many, and of its stack one', async () => {
    await Promise.all([told(), told(), gate(), gate()]);
    for (nowMs = 1_000; nowMs < 15_000; nowMs += 1_000) await Promise.all([told(), gate()]);
    expect([account.looks, stacks]).toEqual([['often'], 1]);
    for (; nowMs < 60_000; nowMs += 1_000) await Promise.all([told(), gate()]);
    expect([account.looks, stacks]).toEqual([Array(4).fill('often'), 1]);
    expect(account.asked).toEqual(Array(4).fill(`${live} /ready`));
    expect(await told()).toMatchObject({ state: 'healthy', url: expect.stringContaining('a1b2c3') });
  });

  it('count for every release that is asked for: what has the traffic is seen, not what should', async () => {
    expect(await gate()).toBe('healthy');
    expect(await gate(other)).toBe('degraded');
    expect(account.looks).toHaveLength(1);
  });

  it('are made anew at once where this control plane has changed something', async () => {
    expect(await gate(other)).toBe('degraded');
    account.serving = other;
    await world.runtime('aws').setWeights({ environment: staging() } as Target, [], 'forward', fence);
    expect(await gate(other)).toBe('healthy');
    account.missing = [];
    await world.infrastructure.deploy(staging(), null as never, '/nowhere', other, fence);
    await gate(other);
    expect([account.looks.length, stacks]).toEqual([3, 3]);
  });

  it('are no more where the account refuses them, and it is asked again after that', async () => {
    account.refuses = new Error('throttled');
    for (; nowMs < 15_000; nowMs += 1_000) expect((await told())?.state).toBe('down');
    expect(account.looks).toHaveLength(1);
    account.refuses = null;
    expect((await told())?.state).toBe('healthy');
  });

  it('read the stack again once something is found that no promotion made', async () => {
    account.drift = [{ where: 'queue mapping m-1', detail: 'is gone', inTraffic: true }];
    await told();
    nowMs = 15_000;
    account.drift = [];
    expect((await told())?.state).toBe('healthy');
    expect(stacks).toBe(2);
  });

  it('are of the account that is declared now', async () => {
    await gate();
    const moved = { ...staging(), cloud: { ...staging().cloud, account: '999999999999' } } as Environment;
    await environmentState(world, moved, live);
    expect([account.looks.length, stacks]).toEqual([2, 2]);
  });

  it('of one that changes while it is looked at are not taken for what is there afterwards', async () => {
    const late = Promise.withResolvers<string>();
    const once = (value: Promise<string>) => looks.once(staging(), 'condition', () => value, { everyMs: 15_000 });
    const before = once(late.promise);
    looks.forget('staging');
    expect(await once(Promise.resolve('after'))).toBe('after');
    late.resolve('before');
    expect(await before).toBe('before');
    expect(await once(Promise.resolve('never asked'))).toBe('after');
  });
});

describe('an environment whose live release', () => {
  const looked = async (get: () => Promise<object>) => {
    const ownReleases = { get } as unknown as World['ownReleases'];
    return (await status({ ...world, ownReleases })).environments[0];
  };
  const adopted = { account: '1', region: 'eu-central-1', stacks: ['OrdersData', 'OrdersApi'] };

  it('was adopted says from which stacks', async () => {
    expect(await looked(async () => ({ provenance: { adopted } }))).toMatchObject({ adopted: adopted.stacks });
    expect(await looked(async () => ({ provenance: {} }))).toMatchObject({ release: live, adopted: null });
  });

  it('is not in this home is told all the same', async () => {
    const gone = async () => Promise.reject(new SoundBiteError('release-unknown', 'gone', { hint: 'fetch it' }));
    expect(await looked(gone)).toMatchObject({ release: live, adopted: null });
  });
});

describe('an environment whose service declares less than the contract', () => {
  const declared = { alive: '/ping', ready: '/ping', keepsContract: false };

  it.each<[string, Partial<RealAccount>, string]>([
    ['answers without naming a release', { ready: [204, {}], named: false, paths: declared }, 'healthy'],
    ['answers, and another release has the traffic', { serving: other, named: false, paths: declared }, 'degraded'],
    ['is not well', { ready: [503, {}], named: false, paths: declared }, 'degraded'],
    ['has nothing to ask', { paths: null, ready: [503, {}] }, 'healthy'],
    ['has nothing to ask, and another release has the traffic', { paths: null, serving: other }, 'degraded'],
    ['has nothing to ask, and nothing has the traffic', { paths: null, serving: null }, 'down'],
    [
      'has nothing to ask, and drift meets users',
      { paths: null, drift: [{ where: 'x', detail: 'y', inTraffic: true }] },
      'degraded',
    ],
  ])('that %s', async (_what, over, state) => {
    Object.assign(account, over);
    expect(await gate()).toBe(state);
    expect((await told())?.state).toBe(state);
  });
});
