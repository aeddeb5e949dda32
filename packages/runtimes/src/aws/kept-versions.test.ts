import type { Release, Runtime, StackComponent, Target } from '@soundbite/model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { awsRuntime } from './runtime.ts';
import { foreignReleases } from './testing-releases.ts';
import { machine, stageOnAws } from './testing-stage.ts';

// A service whose functions do not say which release they are: one that did not change has one version for several releases.

const fence = { owner: 'db', generation: 7 };

describe('a function that did not change', () => {
  const at = stageOnAws();
  const { changes } = at;
  let cut: Awaited<ReturnType<typeof foreignReleases>>;
  let runtime: Runtime;
  // The second release changes the API, the third one nothing that a function is made of, the fourth the API again, the fifth only the worker's layer.
  beforeAll(async () => {
    const apis = ['first', 'second', 'second', 'third', 'third'];
    cut = await foreignReleases(...apis.map((api, index) => [api, index < 4 ? 'one' : 'two'] as const));
  });
  afterAll(() => cut.remove());
  const release = (number: number) => cut.all[number - 1] as Release;
  const digest = (number: number) => release(number).digest;
  const fn = (name: 'api' | 'worker') => {
    const found = at.aws.functions.get(name);
    if (!found) throw new Error(`the fake has no ${name}`);
    return found;
  };
  const names = ['api', 'worker'] as const;

  const standing = { alias: 'live', first: '1' };
  const components: readonly StackComponent[] = [
    {
      ...{
        name: 'worker',
        id: 'Worker',
        function: 'worker',
        ...standing,
        health: null,
        path: null,
        contract: null,
        api: null,
        rest: null,
        url: null,
        callers: [],
      },
      queues: [{ mapping: 'm-1', url: 'https://sqs.eu-central-1.amazonaws.com/123456789012/jobs' }],
    },
    {
      ...{
        name: 'api',
        id: 'Api',
        function: 'api',
        ...standing,
        health: null,
        path: null,
        contract: null,
        api: 'api-1',
        rest: null,
        url: null,
      },
      ...{ queues: [], callers: [] },
    },
  ];
  const target = (deployed: number, order = components): Target => {
    const { ApiFunctionName: _, ...outputs } = at.target.outputs;
    return {
      ...at.target,
      outputs: { ...outputs, Components: JSON.stringify(order) },
      deployed: digest(deployed),
    };
  };

  const layerArn = (number: number) => `arn:aws:lambda:eu-central-1:123456789012:layer:made:${number}`;

  /** As CloudFormation leaves a function: what a release declares. */
  function deploy(number: number): Target {
    at.aws.stack.layer = layerArn(number < 5 ? 1 : 2);
    Object.assign(fn('worker').configuration, { Layers: [{ Arn: at.aws.stack.layer }] });
    for (const name of names) {
      const codes = new Map(release(number).manifest.files.map(({ path, sha256 }) => [path, sha256]));
      const sha256 = codes.get(name === 'api' ? 'api.zip' : 'service.zip') ?? '';
      const codeSha256 = Buffer.from(sha256, 'hex').toString('base64');
      if (fn(name).codeSha256 !== codeSha256) Object.assign(fn(name), { codeSha256, revision: fn(name).revision + 1 });
    }
    return target(number);
  }
  const serve = (number: number, deployed: Target, direction: 'forward' | 'back' = 'forward') =>
    runtime.setWeights(deployed, [{ release: digest(number), share: 1 }], direction, fence);
  async function promote(number: number, keep: readonly number[]): Promise<Target> {
    const deployed = deploy(number);
    await runtime.install(deployed, release(number), fence);
    await serve(number, deployed);
    await runtime.retire(deployed, keep.map(digest), fence);
    return deployed;
  }
  /** What differs in a function's versions and traffic. */
  const driftOf = async (deployed: Target) =>
    (await runtime.observe(deployed)).drift.filter(({ where }) => /^(api|worker):/.test(where));
  const versions = () =>
    names.map((name) =>
      fn(name)
        .versions.map(({ Version }) => Version)
        .join(),
    );
  const stands = () => names.map((name) => fn(name).alias.FunctionVersion);
  const shares = async (deployed: Target) =>
    (await runtime.observe(deployed)).versions.flatMap((one) =>
      one.share > 0
        ? [`${cut.all.findIndex((some) => some.digest === one.release) + 1}: ${one.share} ${one.healthy}`]
        : [],
    );
  /** The calls that changed a function since. */
  const since = async (act: () => Promise<unknown>) => {
    const before = changes().length;
    await act();
    return changes()
      .slice(before)
      .map((call) => call.split(' ', 2).join(' ').replace('functions/', ''));
  };

  beforeEach(async () => {
    runtime = awsRuntime({ ...machine, releases: cut.releases, everyMs: 10 });
    for (const name of names) {
      const variables = fn(name).configuration.Environment.Variables;
      Reflect.deleteProperty(variables, 'SOUNDBITE_RELEASE');
      if (name === 'worker') Object.assign(variables, { TOPIC: 'one' });
      fn(name).versions = [];
    }
    // The static version, as the stack makes it.
    deploy(1);
    for (const name of names)
      fn(name).versions.push({
        ...structuredClone(fn(name).configuration),
        Version: '1',
        CodeSha256: fn(name).codeSha256,
        looks: 9,
      });
    await promote(1, [1]);
  });

  it('has the version of the release before, its alias is not touched, and the others move as ever', async () => {
    expect(await shares(target(1))).toEqual(['1: 1 true']);
    let deployed = target(1);
    const calls = await since(async () => {
      deployed = await promote(2, [2, 1]);
    });
    expect(calls).toEqual(['POST api/versions', 'PUT api/aliases/live']);
    expect([versions(), stands()]).toEqual([
      ['1,2', '1'],
      ['2', '1'],
    ]);
    expect(await shares(deployed)).toEqual(['2: 1 true']);
    expect(await driftOf(deployed)).toEqual([]);
  });

  it('goes back with the others, and a rollback touches the others only', async () => {
    const deployed = await promote(2, [2, 1]);
    expect(await since(() => serve(1, deployed, 'back'))).toEqual(['PUT api/aliases/live']);
    expect(await shares(deployed)).toEqual(['1: 1 true']);
    expect(await since(() => serve(2, deployed))).toEqual(['PUT api/aliases/live']);
    expect(await shares(deployed)).toEqual(['2: 1 true']);
  });

  it('a release in which none changed becomes live by what one alias says, is told, and is gone back from', async () => {
    await promote(2, [2, 1]);
    let deployed = target(2);
    const calls = await since(async () => {
      deployed = await promote(3, [3, 2, 1]);
    });
    expect(calls).toEqual(['PUT api/aliases/live']);
    expect(stands()).toEqual(['2', '1']);
    expect(await shares(deployed)).toEqual(['3: 1 true']);
    expect((await runtime.request(deployed, digest(3), { method: 'GET', path: '/' })).release).toBe(digest(3));
    expect(await since(() => serve(2, deployed, 'back'))).toEqual(['PUT api/aliases/live']);
    expect(await shares(deployed)).toEqual(['2: 1 true']);
    // Twice is once, and what was live of the two is gone back to by its name alone.
    expect(await since(() => serve(2, deployed, 'back'))).toEqual([]);
    await serve(3, deployed);
    expect(await shares(deployed)).toEqual(['3: 1 true']);
  });

  it('its version stays as long as any release that is kept has it, and a kept one is still found when the stack has another', async () => {
    await promote(2, [2, 1]);
    await promote(3, [3, 2]);
    const deployed = await promote(4, [4, 3]);
    expect(versions()).toEqual(['1,2,3', '1']);
    const known = async () => (await runtime.observe(deployed, 'versions')).versions.map(({ release: one }) => one);
    expect(await known()).toContain(digest(3));
    expect(await since(() => serve(3, deployed, 'back'))).toEqual(['PUT api/aliases/live']);
    expect(await shares(deployed)).toEqual(['3: 1 true']);
    await serve(4, deployed);
    expect(await runtime.retire(deployed, [digest(4)], fence)).toEqual([]);
    expect(versions()).toEqual(['1,3', '1']);
    expect(await driftOf(deployed)).toEqual([]);
  });

  it('takes for each release the share that the others take of it, though its alias says nothing of that', async () => {
    const swapped = components.toReversed();
    await promote(2, [2, 1]);
    const deployed = target(2, swapped);
    const both = [1, 2].map((number) => ({ release: digest(number), share: number === 1 ? 0.9 : 0.1 }));
    await runtime.setWeights(deployed, both, 'forward', fence);
    expect(fn('api').alias.RoutingConfig).toEqual({ AdditionalVersionWeights: { 2: 0.1 } });
    expect(fn('worker').alias.RoutingConfig).toEqual({ AdditionalVersionWeights: {} });
    expect((await shares(deployed)).toSorted()).toEqual(['1: 0.9 true', '2: 0.1 true']);
  });

  describe('where somebody else had a hand in it', () => {
    it('is published anew where what was deployed differs from its version in what no template says', async () => {
      await promote(2, [2, 1]);
      Object.assign(fn('worker').configuration.Environment.Variables, { TOPIC: 'two' });
      await promote(3, [3, 2]);
      expect([versions(), stands()]).toEqual([
        ['1,2', '1,2'],
        ['2', '2'],
      ]);
    });

    it('is put back before its version counts, where somebody changed it', async () => {
      await promote(2, [2, 1]);
      fn('worker').codeSha256 = 'swapped';
      const deployed = target(3);
      const undone = await runtime.install(deployed, release(3), fence);
      expect(undone).toEqual([expect.stringContaining('worker:$LATEST (its code was swapped')]);
      expect(versions()).toEqual(['1,2', '1']);
    });

    it('a version with other code is drift, takes no traffic, and goes', async () => {
      const deployed = await promote(2, [2, 1]);
      const hand = { ...structuredClone(fn('worker').configuration), CodeSha256: 'by hand', looks: 9 };
      fn('worker').versions.push({ ...hand, Version: '2' });
      fn('worker').alias.FunctionVersion = '2';
      expect(await driftOf(deployed)).toEqual([
        expect.objectContaining({
          where: 'worker:2',
          detail: expect.stringMatching(
            /^takes 100 % .*, and is not a release: its code is by hand, and 222222222222 was released/,
          ),
          inTraffic: true,
        }),
      ]);
      await serve(2, deployed);
      expect(stands()).toEqual(['2', '1']);
      expect(await runtime.retire(deployed, [2, 1].map(digest), fence)).toEqual(['worker:2']);
    });

    it('a release that nothing there names any more is made ready again, and gone back to', async () => {
      await promote(2, [2, 1]);
      await promote(3, [3, 2]);
      const deployed = await promote(4, [4, 3]);
      fn('api').alias.Description = '';
      const known = async () => (await runtime.observe(deployed, 'versions')).versions.map(({ release: one }) => one);
      expect(await known()).not.toContain(digest(3));
      expect(await since(() => runtime.install(deployed, release(3), fence, 'store'))).toEqual([
        'PUT api/aliases/live',
      ]);
      expect(await known()).toContain(digest(3));
      expect(await shares(deployed)).toEqual(['4: 1 true']);
      expect(await since(() => runtime.install(deployed, release(3), fence, 'store'))).toEqual([]);
      await serve(3, deployed, 'back');
      expect(await shares(deployed)).toEqual(['3: 1 true']);
    });

    it('an alias that somebody moved or emptied of its words is set again', async () => {
      await promote(2, [2, 1]);
      const deployed = await promote(3, [3, 2]);
      fn('api').alias.Description = '';
      // What the stack has is taken for live, until somebody says otherwise.
      expect(await shares(deployed)).toEqual(['3: 1 true']);
      fn('api').alias.FunctionVersion = '1';
      expect(await driftOf(deployed)).toMatchObject([{ where: 'api:1', inTraffic: true }]);
      await serve(3, deployed);
      expect([await shares(deployed), stands()]).toEqual([['3: 1 true'], ['2', '1']]);
    });
  });

  it('keeps each version that a kept release may have which only another machine knows', async () => {
    await promote(2, [2, 1]);
    const deployed = await promote(4, [4, 2, 1]);
    const elsewhere = `sha256:${'e'.repeat(64)}` as const;
    expect(await runtime.retire(deployed, [digest(4), elsewhere], fence)).toEqual([]);
    expect(versions()).toEqual(['1,2,3', '1']);
    await runtime.retire(deployed, [digest(4)], fence);
    expect(versions()).toEqual(['1,3', '1']);
  });

  it('whose layer changed has another version, and releases with the layer of before are gone back to theirs', async () => {
    await promote(4, [4, 1]);
    const deployed = await promote(5, [5, 4, 1]);
    expect([versions(), stands()]).toEqual([
      ['1,2', '1,2'],
      ['2', '2'],
    ]);
    expect(await shares(deployed)).toEqual(['5: 1 true']);
    expect(await driftOf(deployed)).toEqual([]);
    expect(await since(() => serve(4, deployed, 'back'))).toEqual(['PUT api/aliases/live', 'PUT worker/aliases/live']);
    expect(stands()).toEqual(['2', '1']);
    expect(await shares(deployed)).toEqual(['4: 1 true']);
    expect(await driftOf(deployed)).toEqual([]);
  });

  it('is found again by a promotion that was killed after it published, and by one after the shift', async () => {
    const deployed = deploy(2);
    await runtime.install(deployed, release(2), fence);
    expect(await since(() => runtime.install(deployed, release(2), fence))).toEqual([]);
    await serve(2, deployed);
    expect(await since(() => promote(2, [2, 1]))).toEqual([]);
  });
});
