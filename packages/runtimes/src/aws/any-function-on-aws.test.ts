import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { Digest, Release, Runtime, StackComponent, Target } from '@soundbite/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { mayInvoke } from './testing.ts';
import { toldConfiguration } from './testing-releases.ts';
import { stageOnAws } from './testing-stage.ts';

// Components that the stack says itself: their templates name no function here that the first service's stacks would not name, the rest is as it comes.

const fence = { owner: 'db', generation: 7 };

describe('a component of a real account', () => {
  const at = stageOnAws();
  const { changes, invoked } = at;
  let aws: (typeof at)['aws'];
  let runtime: Runtime;
  let release: Release;
  let digest: Digest;
  beforeEach(() => {
    ({ aws, runtime, release } = at);
    ({ digest } = release);
  });

  const http: StackComponent = {
    name: 'orders',
    id: 'Api',
    ...{ function: 'api', alias: 'live', first: '1' },
    health: null,
    path: null,
    contract: null,
    api: 'api-1',
    rest: null,
    url: null,
    queues: [],
    callers: [],
  };
  const rule: StackComponent = {
    name: 'nightly',
    id: 'Worker',
    ...{ function: 'worker', alias: 'live', first: '1' },
    health: null,
    path: null,
    contract: null,
    api: null,
    rest: null,
    url: null,
    queues: [],
    callers: [],
  };
  const feed = { mapping: 'm-1', url: 'https://sqs.eu-central-1.amazonaws.com/123456789012/jobs' };
  const saying = (...components: readonly StackComponent[]): Target => ({
    ...at.target,
    outputs: { ...foreign(at.target.outputs), Components: JSON.stringify(components) },
  });
  /** A stack of the first service's own constructs has these outputs, too. */
  const foreign = ({ ApiFunctionName: _, ...outputs }: Target['outputs']): Target['outputs'] => outputs;
  const all = (of: Digest) => [{ release: of, share: 1 }];
  const shares = async (target: Target) =>
    (await runtime.observe(target)).versions.flatMap((one) => (one.share > 0 ? [[one.release, one.share]] : []));

  it.each([
    ['an HTTP API', http],
    ['rules and topics', rule],
  ])('that %s calls, and that declares no health, is never invoked by anybody but its callers', async (_what, one) => {
    const target = saying(one);
    await runtime.install(target, release, fence);
    expect(aws.reads.filter((call) => call === `GET functions/${one.function}/configuration`).length).toBeGreaterThan(
      1,
    );
    await runtime.setWeights(target, all(digest), 'forward', fence);
    expect(await runtime.observe(target)).toMatchObject({ drift: [] });
    expect(await shares(target)).toEqual([[digest, 1]]);
    expect(invoked()).toEqual([]);
  });

  it.each([
    ['a health path', { ...http, health: '/ping' }, '/ping'],
    ['a queue', { ...rule, queues: [feed] }, '"Records":[]'],
  ])(
    'that declares %s is tried by it, and the alias is asked by it whether it has moved',
    async (_what, one, event) => {
      const target = saying(one);
      await runtime.install(target, release, fence);
      await runtime.setWeights(target, all(digest), 'forward', fence);
      const calls = aws.calls.filter((call) => call.includes('/invocations'));
      expect(calls[0]).toContain(`functions/${one.function}/invocations?Qualifier=2`);
      expect(calls.slice(1).map((call) => /Qualifier=(\w+)/.exec(call)?.[1])).toEqual(Array(5).fill('live'));
      for (const call of calls) expect(call).toContain(event);
    },
  );

  it.each([
    ['an HTTP API', http],
    ['rules and topics', rule],
  ])('that %s calls is told empty from one whose first release stands on the static version', async (_what, one) => {
    const target = saying(one);
    const first = at.cut.older;
    expect(await shares(target)).toEqual([]);
    await runtime.setWeights(target, all(first.digest), 'forward', fence);
    expect(aws.functions.get(one.function)?.alias.FunctionVersion).toBe('1');
    expect(await shares(target)).toEqual([[first.digest, 1]]);
    const before = changes().length;
    await runtime.setWeights(target, all(first.digest), 'forward', fence);
    expect(changes()).toHaveLength(before);
    await runtime.setWeights(target, [], 'back', fence);
    expect(await shares(target)).toEqual([]);
  });

  describe('that a rule calls', () => {
    const caller = {
      id: 'ByRule',
      principal: 'events.amazonaws.com',
      source: 'arn:aws:events:x:1:rule/r',
      account: null,
    };
    const target = () => ({ ...saying({ ...rule, callers: [caller] }), deployed: digest });
    const sids = () =>
      aws.functions
        .get('worker')
        ?.policies.get('live')
        ?.map((one) => ('Sid' in one ? String(one.Sid) : ''));

    it('may be called by it from the first weights on, once the alias has moved, and not while it is empty', async () => {
      await runtime.install(target(), release, fence);
      expect(sids()).toEqual([]);
      await runtime.setWeights(target(), all(digest), 'forward', fence);
      expect(changes().at(-1)).toMatch(/^POST functions\/worker\/policy/);
      expect(sids()).toEqual([expect.stringMatching(/^soundbite_caller_ByRule_[0-9a-f]{8}$/)]);
      const before = changes().length;
      await runtime.setWeights(target(), all(digest), 'forward', fence);
      expect(changes()).toHaveLength(before);
      await runtime.setWeights(target(), [], 'back', fence);
      expect(sids()).toEqual([]);
    });

    it('is left by the permission of its last rule with the rule', async () => {
      await runtime.install(target(), release, fence);
      await runtime.setWeights(target(), all(digest), 'forward', fence);
      const uncalled = { ...saying({ ...rule, callers: [] }), deployed: digest };
      expect((await runtime.observe(uncalled)).drift).toHaveLength(1);
      await runtime.setWeights(uncalled, all(digest), 'forward', fence);
      expect(sids()).toEqual([]);
      expect((await runtime.observe(uncalled)).drift).toEqual([]);
    });

    it('keeps what the stack itself permits for the alias', async () => {
      const ofStack = mayInvoke('worker:live', 'soundbite-staging-ByRule-1A2B', 'apigateway.amazonaws.com');
      aws.functions.get('worker')?.policies.set('live', [ofStack]);
      await runtime.setWeights(target(), all(at.cut.older.digest), 'forward', fence);
      expect(sids()).toHaveLength(2);
      await runtime.setWeights(target(), [], 'back', fence);
      expect(sids()).toEqual(['soundbite-staging-ByRule-1A2B']);
    });

    it('tells of a permission that somebody took, gives it back, and takes that of a rule that is another now', async () => {
      await runtime.install(target(), release, fence);
      expect((await runtime.observe(target())).drift).toEqual([]);
      await runtime.setWeights(target(), all(digest), 'forward', fence);
      expect((await runtime.observe(target())).drift).toEqual([]);
      aws.functions
        .get('worker')
        ?.policies.set('live', [
          { ...mayInvoke('worker:live', 'soundbite_caller_ByRule_00000000', 'events.amazonaws.com') },
        ]);
      expect((await runtime.observe(target())).drift).toMatchObject([
        { detail: expect.stringContaining('may not be invoked by events.amazonaws.com for arn:aws:events') },
        { detail: expect.stringContaining('may be invoked by events.amazonaws.com, and no release declares it') },
      ]);
      await runtime.setWeights(target(), all(digest), 'forward', fence);
      expect(sids()).toEqual([expect.not.stringMatching(/0{8}$/)]);
      expect((await runtime.observe(target())).drift).toEqual([]);
    });
  });

  it('answers as the release by the version that Lambda executed: its headers may name none', async () => {
    const target = saying({ ...http, health: '/ping' });
    await runtime.install(target, release, fence);
    const answer = await runtime.request(target, digest, { method: 'GET', path: '/' });
    expect([answer.headers['x-soundbite-release'], answer.release]).toEqual([undefined, digest]);
    await runtime.setWeights(target, all(digest), 'forward', fence);
    const { ready } = await runtime.observe(target, 'often');
    expect(ready).toMatchObject({ status: 200, release: digest });
    expect(aws.calls.at(-1)).toContain('/ping');
  });

  it('is fed by each of its queues; what another component takes from the same queue is nobody’s stray', async () => {
    aws.strayMappings.set('m-2', { state: 'Disabled', looks: 0, arn: aws.mapping.arn.replace('worker', 'api') });
    const target = saying({ ...rule, queues: [feed] }, { ...http, queues: [{ ...feed, mapping: 'm-2' }] });
    await runtime.install(target, release, fence);
    await runtime.setWeights(target, all(digest), 'forward', fence);
    expect([aws.mapping.state, aws.strayMappings.get('m-2')?.state]).toEqual(['Enabled', 'Enabled']);
    expect(await runtime.observe(target)).toMatchObject({ drift: [] });
    await runtime.setWeights(target, [], 'back', fence);
    expect([aws.mapping.state, aws.strayMappings.get('m-2')?.state]).toEqual(['Disabled', 'Disabled']);
  });

  it('that somebody deleted leaves the others to be taken out of traffic', async () => {
    const target = saying({ ...rule, queues: [feed] }, http);
    await runtime.install(target, release, fence);
    await runtime.setWeights(target, all(digest), 'forward', fence);
    aws.functions.delete('worker');
    await expect(runtime.observe(target)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    const environment = { ...target.environment, cloud: { kind: 'real' } } as never;
    await runtime.takeDown({ environment, cloud: target.cloud }, target.outputs, fence);
    expect(aws.functions.get('api')?.alias.FunctionVersion).toBe('1');
    expect(aws.functions.get('api')?.versions.map(({ Version }) => Version)).toEqual(['1']);
    expect(aws.mapping.state).toBe('Disabled');
  });

  it('is reached at the last one’s API, and asked for its health there if it declares one', async () => {
    const environment = { ...at.target.environment, cloud: { kind: 'real', region: 'eu-central-1' } } as never;
    const second = { ...rule, name: 'users', api: 'api-2', health: '/ping' };
    const { outputs } = saying(http, second);
    expect(await runtime.address(environment, outputs)).toMatchObject({
      url: 'https://api-2.execute-api.eu-central-1.amazonaws.com',
    });
    expect(await runtime.healthPaths(environment, outputs)).toEqual({
      alive: '/ping',
      ready: '/ping',
      keepsContract: false,
    });
    for (const none of [[http], [rule]])
      expect(await runtime.healthPaths(environment, saying(...none).outputs)).toBeNull();
    expect(await runtime.address(environment, saying(rule).outputs)).toBeNull();
    const said = saying(http, { ...second, contract: true }).outputs;
    const ofBefore = { ...outputs, ApiFunctionName: 'api' };
    for (const contract of [said, at.target.outputs, ofBefore, null])
      expect(await runtime.healthPaths(environment, contract)).toMatchObject({ ready: '/ready', keepsContract: true });
    const sayingNo = { ...saying(http, { ...second, contract: false }).outputs, ApiFunctionName: 'api' };
    expect(await runtime.healthPaths(environment, sayingNo)).toMatchObject({ ready: '/ping', keepsContract: false });
  });

  it('shares its function with no other one, and a garbled list is none: nothing is touched', async () => {
    const twice = saying(http, { ...rule, function: http.function });
    await expect(runtime.install(twice, release, fence)).rejects.toMatchObject({ code: 'answer-unexpected' });
    const garbled = { ...at.target, outputs: { ...at.target.outputs, Components: '[{' } };
    await expect(runtime.setWeights(garbled, [], 'back', fence)).rejects.toMatchObject({ code: 'answer-unexpected' });
    expect(changes()).toEqual([]);
  });

  describe('that a later release has added', () => {
    /** To the release before there was no worker. */
    const before = async (): Promise<Target> => {
      const path = `${at.cut.older.directory}/assembly/staging/soundbite-staging.template.json`;
      const text = (await readFile(path, 'utf8')).replace('"FunctionName":"worker"', '"FunctionName":"another"');
      await writeFile(path, text);
      const file = at.cut.older.manifest.files.find((one) => path.endsWith(one.path));
      Object.assign(file ?? {}, { sha256: createHash('sha256').update(text).digest('hex') });
      const worker = aws.functions.get('worker');
      if (worker) worker.versions = worker.versions.map((one) => ({ ...one, ...toldConfiguration('worker', digest) }));
      const { ApiFunctionName: _, ...outputs } = at.target.outputs;
      const own = [{ ...rule, id: 'AddedWorker', queues: [feed] }, http];
      return { ...at.target, outputs: { ...outputs, Components: JSON.stringify(own) } };
    };

    it('is no part of the one before: that goes on being well, and is gone back to', async () => {
      const target = await before();
      const older = at.cut.older.digest;
      await runtime.setWeights(target, all(older), 'forward', fence);
      const told = async () =>
        (await runtime.observe(target)).versions.flatMap((one) => (one.share > 0 ? [[one.release, one.healthy]] : []));
      expect(await told()).toEqual([[older, true]]);
      expect(aws.mapping.state).toBe('Disabled');
      await runtime.install({ ...target, deployed: digest }, release, fence);
      const both = [older, digest].map((one) => ({ release: one, share: 0.5 }));
      await runtime.setWeights(target, both, 'forward', fence);
      expect((await told()).map(([, healthy]) => healthy)).toEqual([true, true]);
      await runtime.setWeights(target, all(digest), 'forward', fence);
      expect([await told(), aws.mapping.state]).toEqual([[[digest, true]], 'Enabled']);
      await runtime.setWeights(target, all(older), 'back', fence);
      expect([await told(), aws.mapping.state]).toEqual([[[older, true]], 'Disabled']);
    });
  });
});
