import type { Digest, Release, Runtime, Target, VersionShare } from '@soundbite/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { prover } from './proof.ts';
import { stageOnAws } from './testing-stage.ts';

// A version is what its code and its configuration are, not what it says of itself.

const fence = { owner: 'db', generation: 7 };

describe('what counts as a release on a real account', () => {
  const at = stageOnAws();
  const { changes, invoked } = at;
  let aws: (typeof at)['aws'];
  let runtime: Runtime;
  let target: Target;
  let release: Release;
  let digest: Digest;
  let codeSha256: string;
  beforeEach(() => {
    ({ aws, runtime, target, release } = at);
    ({ digest } = release);
    ({ codeSha256 = '' } = release.manifest.service);
  });

  describe('where somebody made versions by hand', () => {
    const everything = (): VersionShare[] => [{ release: digest, share: 1 }];
    const byHand = (name: string, change: object): string => {
      const fn = aws.functions.get(name);
      const version = { ...fn?.configuration, CodeSha256: codeSha256, ...change, looks: 9 };
      return String(fn?.versions.push({ ...version, Version: String(fn.versions.length + 1) } as never));
    };
    const variables = (more: object) => ({
      Environment: { Variables: { ...aws.functions.get('api')?.configuration.Environment.Variables, ...more } },
    });

    it('sends traffic to the proven version, however young the others are, and says what the others are', async () => {
      await runtime.install(target, release, fence);
      byHand('api', { CodeSha256: 'other code' });
      byHand('worker', { Layers: [{ Arn: 'arn:aws:lambda:eu-central-1:1:layer:spy:1' }] });
      await runtime.setWeights(target, everything(), 'forward', fence);
      expect(aws.functions.get('api')?.alias.FunctionVersion).toBe('2');
      expect(aws.functions.get('worker')?.alias.FunctionVersion).toBe('2');
      const { versions, drift } = await runtime.observe(target);
      expect(versions.find((version) => version.release === digest)).toMatchObject({ share: 1, healthy: true });
      const claims = 'takes no traffic, and is not the aaaaaaaaaaaa that it claims to be';
      expect(drift.toSorted((a, b) => a.where.localeCompare(b.where))).toEqual([
        {
          where: 'api:3',
          detail: `${claims}: its code is other code, and aaaaaaaaaaaa was released with ${codeSha256}`,
          inTraffic: false,
        },
        {
          where: 'worker:3',
          detail: `${claims}: Layers is ["arn:aws:lambda:eu-central-1:1:layer:spy:1"], and the release declares none`,
          inTraffic: false,
        },
      ]);
      await runtime.request(target, digest, { method: 'GET', path: '/' });
      expect(invoked().at(-1)).toBe('functions/api/invocations?Qualifier=2');
    });

    it.each<[string, () => object, string]>([
      [
        'a variable',
        () => variables({ NODE_OPTIONS: '--import x' }),
        'Environment.NODE_OPTIONS is set, and the release declares none',
      ],
      [
        'another queue',
        () => variables({ SOUNDBITE_QUEUE_URL: 'mine' }),
        'Environment.SOUNDBITE_QUEUE_URL is not what the release declares',
      ],
      [
        'another handler',
        () => ({ Handler: 'evil.api' }),
        'Handler is "evil.api", and the release declares "index.api"',
      ],
      ['less memory', () => ({ MemorySize: 128 }), 'MemorySize is 128, and the release declares 256'],
      [
        'another role',
        () => ({ Role: 'arn:aws:iam::1:role/admin' }),
        'Role is "arn:aws:iam::1:role/admin", and the release declares "arn:aws:iam::123456789012:role/api-role"',
      ],
      [
        'a network',
        () => ({ VpcConfig: { SubnetIds: ['s-1'] } }),
        'VpcConfig.SubnetIds is ["s-1"], and the release declares none',
      ],
      ['a label of its own', () => variables({ SOUNDBITE_RELEASE: 'mine' }), 'it names no release'],
    ])('a version with %s is not a release', async (_, change, doubt) => {
      byHand('api', change());
      const [drift] = (await runtime.observe(target)).drift;
      expect(drift).toMatchObject({ where: 'api:2', detail: expect.stringContaining(doubt) });
      await expect(runtime.setWeights(target, everything(), 'forward', fence)).rejects.toMatchObject({
        code: 'version-unknown',
      });
      expect(aws.functions.get('api')?.alias.FunctionVersion).toBe('1');
    });

    it('one of a release that another machine may have is left to that machine, until it has traffic', async () => {
      await runtime.install(target, release, fence);
      await runtime.setWeights(target, everything(), 'forward', fence);
      byHand('api', variables({ SOUNDBITE_RELEASE: `sha256:${'c'.repeat(64)}` }));
      expect((await runtime.observe(target)).drift).toEqual([]);
      expect(await runtime.retire(target, [digest], fence)).toEqual([]);
      expect(aws.functions.get('api')?.versions.map(({ Version }) => Version)).toContain('3');
      const fn = aws.functions.get('api');
      if (fn) fn.alias.RoutingConfig = { AdditionalVersionWeights: { 3: 0.5 } };
      expect((await runtime.observe(target)).drift).toMatchObject([
        { where: 'api:3', detail: expect.stringContaining('is not in the store'), inTraffic: true },
      ]);
    });

    it('in an emulated account, which is this machine’s alone, such a version is not a release', async () => {
      const access = { kind: 'emulated' as const, account: '1', region: 'r', credentials: {} as never };
      const { prove } = prover(at.cut.releases)(target, access);
      const found = {
        ...aws.functions.get('api')?.configuration,
        ...variables({ SOUNDBITE_RELEASE: `sha256:${'c'.repeat(64)}` }),
      };
      expect(await prove('api', found as never, `sha256:${'c'.repeat(64)}`)).toEqual({
        doubts: [`sha256:${'c'.repeat(64)} is not in the store`],
        isElsewhere: false,
      });
    });

    it('names the share of users who meet one, and takes it from them', async () => {
      await runtime.install(target, release, fence);
      await runtime.setWeights(target, everything(), 'forward', fence);
      byHand('api', { CodeSha256: 'other code' });
      const fn = aws.functions.get('api');
      if (fn) fn.alias.RoutingConfig = { AdditionalVersionWeights: { 3: 0.9 } };
      const seen = await runtime.observe(target);
      expect(seen.versions.find((version) => version.release === digest)).toMatchObject({ healthy: false });
      expect(seen.drift).toMatchObject([
        { where: 'api:3', detail: expect.stringContaining('takes 90 % of the traffic'), inTraffic: true },
      ]);
      await runtime.setWeights(target, everything(), 'forward', fence);
      expect((await runtime.observe(target)).drift).toMatchObject([{ where: 'api:3', inTraffic: false }]);
    });

    it('gives them back by name; one that an alias of somebody still uses stays', async () => {
      await runtime.install(target, release, fence);
      byHand('api', { CodeSha256: 'other code' });
      byHand('worker', { CodeSha256: 'other code' });
      aws.once.set('DELETE functions/worker:3', [409, 'ResourceConflictException']);
      expect(await runtime.retire(target, [digest], fence)).toEqual(['api:3']);
      expect((await runtime.observe(target)).drift).toMatchObject([{ where: 'worker:3' }]);
    });

    it('publishes anew beside an altered version of the same release', async () => {
      byHand('api', { CodeSha256: 'other code' });
      await runtime.install(target, release, fence);
      await runtime.setWeights(target, everything(), 'forward', fence);
      expect(aws.functions.get('api')?.alias.FunctionVersion).toBe('3');
      expect(aws.functions.get('worker')?.alias.FunctionVersion).toBe('2');
    });
  });

  describe('where somebody changed a function itself', () => {
    const changed = () => {
      const fn = aws.functions.get('api');
      if (!fn) throw new Error('the fake has no api');
      fn.codeSha256 = 'swapped';
      Object.assign(fn.configuration, { MemorySize: 512, Layers: [{ Arn: 'arn:spy' }] });
    };
    const asDeployed = (): Target => ({ ...target, deployed: digest });
    const codeOf = ({ manifest }: Release) => manifest.service.codeSha256;

    it('puts configuration and code back before it publishes, and says so', async () => {
      changed();
      expect(await runtime.install(asDeployed(), release, fence)).toEqual([
        'api:$LATEST (Layers is ["arn:spy"], and the release declares none, MemorySize is 512, and the release declares 256, its code was swapped)',
      ]);
      const [configuration, code, ...publishes] = changes();
      expect(configuration?.startsWith('PUT functions/api/configuration ')).toBe(true);
      expect(JSON.parse(String(configuration?.slice(configuration.indexOf('{'))))).toMatchObject({
        Handler: 'index.api',
        MemorySize: 256,
        Layers: [],
        Environment: { Variables: { SOUNDBITE_RELEASE: digest } },
        RevisionId: 'r-1',
      });
      expect(configuration).not.toContain('"Role"');
      expect(JSON.parse(String(code?.slice(code.indexOf('{'))))).toEqual({
        Architectures: ['arm64'],
        RevisionId: 'r-2',
        ZipFile: Buffer.from('the code').toString('base64'),
      });
      expect(publishes.map((call) => call.split(' ').slice(0, 2).join(' ')).sort()).toEqual([
        'POST functions/api/versions',
        'POST functions/worker/versions',
      ]);
      expect((await runtime.observe(target)).drift).toEqual([]);
    });

    it('publishes a removed version anew from its release, and gives the function back to the release of the stack', async () => {
      const { older } = at.cut;
      for (const fn of aws.functions.values()) fn.versions = [];
      await expect(runtime.install(asDeployed(), older, fence)).rejects.toMatchObject({ code: 'release-not-deployed' });
      expect(changes()).toEqual([]);
      await runtime.install(asDeployed(), older, fence, 'store');
      const made = () =>
        [...aws.functions.values()].map(({ versions }) => versions.map(({ CodeSha256 }) => CodeSha256));
      const [code, own] = [codeOf(older), codeOf(release)];
      expect(made()).toEqual([[code], [code]]);
      const latest = () =>
        [...aws.functions.values()].map((fn) => [fn.codeSha256, fn.configuration.Environment.Variables]);
      const stands = latest();
      expect(stands).toEqual(Array(2).fill([own, expect.objectContaining({ SOUNDBITE_RELEASE: digest })]));
      const count = changes().length;
      await runtime.install(asDeployed(), older, fence, 'store');
      expect(changes()).toHaveLength(count);
      expect((await runtime.observe(target)).versions.map((one) => one.release)).toEqual([older.digest]);
    });

    it('puts $LATEST back where that was cut off, and where the version does not start', async () => {
      const { older } = at.cut;
      for (const fn of aws.functions.values()) fn.versions = [];
      aws.once.set('POST functions/api/versions', [500, 'ServiceException']);
      aws.once.set('PUT functions/worker/code', [400, 'InvalidParameterValueException']);
      await runtime.install(asDeployed(), older, fence, 'store').catch(() => {});
      expect(aws.functions.get('api')?.codeSha256).toBe(codeOf(release));
      // As a process leaves it that dies between the two.
      const api = aws.functions.get('api');
      Object.assign(api ?? {}, { codeSha256: codeOf(older) });
      Object.assign(api?.configuration.Environment.Variables ?? {}, { SOUNDBITE_RELEASE: older.digest });
      await runtime.install(asDeployed(), older, fence, 'store');
      for (const fn of aws.functions.values()) expect(fn.codeSha256).toBe(codeOf(release));
      expect((await runtime.observe(target)).drift).toEqual([]);
    });

    it('leaves it alone where the stack has another release, and says what it found', async () => {
      changed();
      await expect(runtime.install(target, release, fence)).rejects.toMatchObject({ code: 'code-altered' });
      expect(changes().filter((call) => call.includes('functions/api'))).toEqual([]);
      expect((await runtime.observe(target)).drift).toMatchObject([{ where: 'api:$LATEST', inTraffic: false }]);
    });
  });

  it('looks with few calls', async () => {
    await runtime.install(target, release, fence);
    await runtime.setWeights(target, [{ release: digest, share: 1 }], 'forward', fence);
    aws.reads.length = 0;
    aws.calls.length = 0;
    await runtime.observe(target);
    expect(aws.reads.sort()).toEqual([
      'GET event-source-mappings',
      'GET functions/api',
      'GET functions/api/aliases',
      'GET functions/api/aliases/live',
      'GET functions/api/policy',
      'GET functions/api/policy',
      'GET functions/api/versions',
      'GET functions/worker',
      'GET functions/worker/aliases',
      'GET functions/worker/aliases/live',
      'GET functions/worker/policy',
      'GET functions/worker/policy',
      'GET functions/worker/versions',
      'GET v2/apis/api-1/integrations',
      'GET v2/apis/api-1/routes',
    ]);
    expect(aws.calls).toHaveLength(1);
  });
});
