import type { Digest, Release, Runtime, Target } from '@soundbite/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { awsRuntime } from './runtime.ts';
import { machine, stageOnAws } from './testing-stage.ts';

const fence = { owner: 'db', generation: 7 };

describe('the calls of the aws runtime look at a real account no more often than they must', () => {
  const at = stageOnAws();
  const { invoked } = at;
  let aws: (typeof at)['aws'];
  let cut: (typeof at)['cut'];
  let runtime: Runtime;
  let target: Target;
  let release: Release;
  let digest: Digest;
  beforeEach(() => {
    ({ aws, cut, runtime, target, release } = at);
    ({ digest } = release);
  });
  const live = () => [{ release: digest, share: 1 }];
  const readsOf = async (act: () => Promise<unknown>) => {
    aws.reads.length = 0;
    await act();
    return [...aws.reads].sort();
  };
  beforeEach(async () => {
    target = { ...target, deployed: digest };
    await runtime.install(target, release, fence);
    await runtime.setWeights(target, live(), 'forward', fence);
  });

  it('to install what is there: whether its concurrency is held, and its versions', async () => {
    const each = ['api', 'worker'].flatMap((name) => [`GET functions/${name}`, `GET functions/${name}/versions`]);
    expect(await readsOf(() => runtime.install(target, release, fence))).toEqual(each);
  });

  it('to move what is there already: versions, aliases and who may call them, the mappings and the HTTP API', async () => {
    expect(await readsOf(() => runtime.setWeights(target, live(), 'forward', fence))).toEqual([
      'GET event-source-mappings',
      'GET functions/api/aliases/live',
      'GET functions/api/policy',
      'GET functions/api/versions',
      'GET functions/worker/aliases/live',
      'GET functions/worker/policy',
      'GET functions/worker/versions',
      'GET v2/apis/api-1/integrations',
      'GET v2/apis/api-1/routes',
    ]);
  });

  it('to tell which versions are ready: two for each component and one more', async () => {
    const reads = await readsOf(async () => {
      const before = invoked();
      const { versions, drift } = await runtime.observe(target, 'versions');
      expect(versions).toContainEqual(expect.objectContaining({ release: digest, share: 1, healthy: true }));
      expect(drift).toEqual([]);
      expect(invoked()).toEqual(before);
    });
    expect(reads).toEqual([
      'GET event-source-mappings',
      'GET functions/api/aliases/live',
      'GET functions/api/versions',
      'GET functions/worker/aliases/live',
      'GET functions/worker/versions',
    ]);
  });

  describe('again and again: two calls for each component and one more, asking the service itself among them', () => {
    let passedMs: number;
    beforeEach(() => {
      passedMs = 0;
      runtime = awsRuntime({ ...machine, releases: cut.releases, everyMs: 10, nowMs: () => passedMs });
    });
    const often = async () => {
      aws.calls.length = 0;
      aws.reads.length = 0;
      const seen = await runtime.observe(target, 'often');
      const called = [...aws.reads, ...invoked().map((call) => `POST ${call}`)].sort();
      return { seen, called, lists: called.filter((call) => call.endsWith('/versions')) };
    };
    const withoutLists = [
      'GET event-source-mappings',
      'GET functions/api/aliases/live',
      'GET functions/worker/aliases/live',
      'POST functions/api/invocations?Qualifier=2',
    ];

    it('once it knows the versions, of which it reads one list anew a minute', async () => {
      expect((await often()).called).toHaveLength(6);
      for (let looks = 0; looks < 20; looks += 1) {
        passedMs += 15_000;
        const { seen, called, lists } = await often();
        expect(called.filter((call) => !lists.includes(call))).toEqual(withoutLists);
        expect(lists.length).toBeLessThanOrEqual(1);
        expect(seen.versions).toContainEqual(expect.objectContaining({ release: digest, share: 1, healthy: true }));
        expect(seen.ready).toMatchObject({ status: 200 });
      }
    });

    it('and sees at once what somebody moved, led elsewhere, or made anew', async () => {
      await often();
      await runtime.setWeights(target, [{ release: cut.older.digest, share: 1 }], 'forward', fence);
      const moved = await often();
      expect(moved.lists).toHaveLength(2);
      expect(moved.seen.versions).toContainEqual(expect.objectContaining({ release: cut.older.digest, share: 1 }));
      const api = aws.functions.get('api');
      for (const version of api?.versions ?? []) version.CodeSha256 = 'forged';
      if (api) api.alias = { ...api.alias, RevisionId: 'a-of-another' };
      const forged = (await often()).seen;
      expect(forged.drift).toContainEqual(expect.objectContaining({ where: 'api:1', inTraffic: true }));
      expect(forged.ready).toBeNull();
      aws.strayMappings.set('m-2', {
        state: 'Enabled',
        looks: 9,
        arn: 'arn:aws:lambda:eu-central-1:123456789012:function:else',
      });
      expect((await often()).seen.drift).toContainEqual(expect.objectContaining({ where: 'queue mapping m-2' }));
    });

    it('and within two minutes a version that somebody made and that takes no traffic', async () => {
      await often();
      const worker = aws.functions.get('worker');
      const [first] = worker?.versions ?? [];
      if (first) worker?.versions.push({ ...first, Version: '9', CodeSha256: 'forged' });
      const found: boolean[] = [];
      for (let looks = 0; looks < 8; looks += 1) {
        passedMs += 15_000;
        found.push((await often()).seen.drift.some(({ where }) => where === 'worker:9'));
      }
      expect(found.at(-1)).toBe(true);
    });

    it('and says why the service did not answer, without calling the release unwell for it', async () => {
      await often();
      aws.once.set('POST functions/api/invocations', [403, 'ExpiredTokenException']);
      const { seen } = await often();
      expect(seen.ready).toMatchObject({ name: 'ExpiredTokenException' });
      expect(seen.versions).toContainEqual(expect.objectContaining({ release: digest, share: 1, healthy: true }));
    });
  });
});
