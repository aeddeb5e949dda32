import {
  type Digest,
  digestOf,
  type PromotionRequest,
  type SharedReleases,
  SoundBiteError,
  shortDigest,
} from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { listReleases, removeRelease, showRelease } from './releases.ts';
import { pushRelease, share, shareForOthers } from './shared-copies.ts';
import { sharedStoreFinding } from './shared-finding.ts';
import type { World } from './world/world.ts';

const [mine, theirs] = [digestOf('mine'), digestOf('theirs')];
const down = new SoundBiteError('release-store-down', 'the shared release store s3://team does not answer');
const provenance = { commit: 'c'.repeat(40), committedAt: '2026-01-02T03:04:05Z', dirty: false };

/** A home that has `mine`, with a shared store that has `theirs`; production is on a real account, staging is its own. */
function world(options: { fails?: Error | undefined; live?: Digest | null; shares?: boolean } = {}) {
  const { fails, live = null, shares = true } = options;
  const there = new Set<Digest>([theirs]);
  const calls: string[] = [];
  const asked = async (what: string) => {
    calls.push(what);
    if (fails) throw fails;
  };
  const shared: SharedReleases = {
    address: 's3://team',
    addressOf: (digest) => `s3://team/${digest.slice(7)}`,
    list: () => asked('list').then(() => [...there]),
    has: (digest) => asked('has').then(() => there.has(digest)),
    documents: (digest) => asked(`documents ${digest}`).then(() => ({ manifest: {}, provenance }) as never),
    push: ({ digest }) => asked(`push ${digest}`).then(() => Number(there.add(digest) && 7)),
    fetch: () => Promise.reject(new Error('a look fetches nothing')),
    check: () => asked('check'),
  };
  const own = { digest: mine, directory: '/r', manifest: {}, provenance };
  const get = async (digest: Digest) => {
    if (digest === mine) return own;
    throw new SoundBiteError('release-unknown', `${digest} is not in the store`);
  };
  const parts = {
    declaration: () => ({ environments: [{ name: 'staging' }, { name: 'production' }] }),
    runtime: () => ({ isHere: ({ name }: { name: string }) => name === 'staging' }),
    supervisor: { list: async () => [] },
    ownReleases: { list: async () => [own], get, verify: get, remove: async () => calls.push('remove') },
    sharedReleases: shares ? shared : null,
    engine: {
      installation: 'i',
      database: { answers: async () => {} },
      records: {
        rollbackFloor: async () => null,
        acting: async () => ({ freezes: [], holds: [], block: null, glass: [], taints: [], before: null }),
        environment: async (name: string) => ({
          liveRelease: name === 'production' ? live : null,
          previousRelease: null,
        }),
        list: async () => [],
        blocks: async () => [],
        blockOf: async () => null,
        removed: async () => {},
        undeclared: async () => [],
        cutsOf: async () => [],
      },
    },
    log: { warn: () => {} },
  };
  return { world: parts as unknown as World, calls, there };
}

const request = (environment: string, through?: string) =>
  ({ environment, kind: 'promote', ...(through ? { through } : {}) }) as unknown as PromotionRequest;

describe('a release of this home', () => {
  it('is shared once', async () => {
    const { world: home, calls } = world();
    const shared = { address: `s3://team/${mine.slice(7)}`, holds: true, problem: null };
    expect(await share(home, mine)).toEqual(shared);
    expect(await share(home, mine)).toEqual(shared);
    expect(calls.filter((call) => call.startsWith('push'))).toHaveLength(1);
    expect(await share(world({ shares: false }).world, mine)).toBeNull();
  });

  it('stays where it is when the shared store fails, and it is said what to do', async () => {
    expect(await share(world({ fails: down }).world, mine)).toMatchObject({
      holds: false,
      problem: {
        message: down.message,
        hint: `check the network and SOUNDBITE_RELEASE_STORE, then: soundbite release push ${shortDigest(mine)}`,
      },
    });
  });

  it('is pushed when a person says so, whatever is there; without a store that is a wrong setting', async () => {
    expect(await pushRelease(world().world, mine)).toEqual({
      release: mine,
      address: `s3://team/${mine.slice(7)}`,
      put: 7,
    });
    await expect(pushRelease(world({ fails: down }).world, mine)).rejects.toBe(down);
    const refused = { code: 'release-store-unusable', source: 'user' };
    await expect(pushRelease(world({ shares: false }).world, mine)).rejects.toMatchObject(refused);
  });

  it.each([
    [request('production'), true],
    [request('staging', 'production'), true],
    [request('staging'), false],
  ])('is shared before others may have to go on with it: %o', async (asked, isShared) => {
    const { world: home, there } = world();
    await shareForOthers(home, asked, { release: mine, previous: theirs });
    expect(there.has(mine)).toBe(isShared);
    const { world: other, there: thereToo } = world();
    await shareForOthers(other, asked, { release: theirs, previous: mine });
    expect(thereToo.has(mine)).toBe(isShared);
  });

  it('that is removed stays in the shared store', async () => {
    const { world: home, there, calls } = world();
    await share(home, mine);
    expect(await removeRelease(home, mine)).toMatchObject({ removed: true, shared: { holds: true } });
    expect(there.has(mine)).toBe(true);
    expect(calls.at(-2)).toBe('remove');
  });
});

describe('looking at releases', () => {
  it('tells where each is, and fetches none', async () => {
    const { world: home } = world();
    const { releases, shared } = await listReleases(home);
    expect(releases.map(({ release, here, shared }) => [release, here, shared])).toEqual([
      [mine, true, false],
      [theirs, false, true],
    ]);
    expect(shared).toEqual({ address: 's3://team', problem: null });
    expect(await showRelease(home, theirs)).toMatchObject({ path: null, shared: { holds: true } });
    expect(await showRelease(home, mine)).toMatchObject({ path: '/r', shared: { holds: false, problem: null } });
  });

  it('shows what is here when the shared store does not answer, and says so', async () => {
    const { world: home } = world({ fails: down });
    const { releases, shared } = await listReleases(home);
    expect(releases.map(({ release, here, shared }) => [release, here, shared])).toEqual([[mine, true, null]]);
    expect(shared?.problem?.message).toBe(down.message);
    expect(await showRelease(home, mine)).toMatchObject({
      shared: { holds: null, problem: { message: down.message } },
    });
    await expect(showRelease(home, theirs)).rejects.toBe(down);
  });

  it('tells nothing of a shared store where there is none', async () => {
    const { world: home } = world({ shares: false });
    expect(await listReleases(home)).toMatchObject({ shared: null, releases: [{ here: true, shared: null }] });
    expect(await showRelease(home, mine)).toMatchObject({ path: '/r', shared: null });
    await expect(showRelease(home, theirs)).rejects.toMatchObject({ code: 'release-unknown' });
  });
});

describe('doctor', () => {
  const found = (home: World) => sharedStoreFinding(home, home.sharedReleases as SharedReleases);

  it('tries the shared store, and names what other homes may need and is not there', async () => {
    expect(await found(world().world)).toEqual({
      ok: true,
      detail: 's3://team can be listed, written and read; releases there: 1',
    });
    const { world: home } = world({ live: mine });
    expect(await found(home)).toEqual({
      ok: false,
      detail: `s3://team lacks ${shortDigest(mine)}, which other homes may need`,
      hint: `soundbite release push ${shortDigest(mine)}`,
    });
    await share(home, mine);
    expect(await found(home)).toMatchObject({ ok: true });
  });

  it('says what a store that fails says', async () => {
    await expect(found(world({ fails: down }).world)).rejects.toBe(down);
  });
});
