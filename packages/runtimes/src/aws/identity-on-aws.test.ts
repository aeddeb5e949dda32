import type { Digest, Release, Runtime, Target, VersionShare } from '@soundbite/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { prover } from './proof.ts';
import { mayInvoke } from './testing.ts';
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
    ({ codeSha256 } = release.manifest.service);
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
      expect(drift).toEqual([
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
      expect(await prove('api', found as never)).toEqual({
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

    it('ends a loan of a function that was cut off, and one of a version that does not start', async () => {
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

  describe('where somebody led requests or jobs elsewhere', () => {
    const everything = (): VersionShare[] => [{ release: digest, share: 1 }];
    beforeEach(async () => {
      await runtime.install(target, release, fence);
      await runtime.setWeights(target, everything(), 'forward', fence);
      expect((await runtime.observe(target)).drift).toEqual([]);
    });

    it.each(['api:$LATEST', 'api', 'api:1', 'other:live'])(
      'to %s: tells of it, and leads the HTTP API back',
      async (to) => {
        const [integration] = aws.api.integrations;
        const before = integration?.IntegrationUri;
        if (integration) integration.IntegrationUri = `arn:aws:lambda:eu-central-1:123456789012:function:${to}`;
        expect((await runtime.observe(target)).drift).toMatchObject([{ where: 'route $default', inTraffic: true }]);
        await runtime.setWeights(target, everything(), 'forward', fence);
        expect(integration?.IntegrationUri).toBe(before);
        expect((await runtime.observe(target)).drift).toEqual([]);
      },
    );

    it.each(['eu-central-1:999999999999', 'us-east-1:123456789012'])(
      'to a function of the same name in %s: tells of it, and leads the HTTP API back',
      async (place) => {
        const [integration] = aws.api.integrations;
        const before = integration?.IntegrationUri;
        if (integration) integration.IntegrationUri = `arn:aws:lambda:${place}:function:api:live`;
        expect((await runtime.observe(target)).drift).toMatchObject([{ where: 'route $default', inTraffic: true }]);
        await runtime.setWeights(target, everything(), 'forward', fence);
        expect(integration?.IntegrationUri).toBe(before);
      },
    );

    it.each([
      ['as it was released', {}],
      ['altered', { codeSha256: 'swapped' }],
    ])('to $LATEST (%s) by an alias: says what share takes it, and takes the alias off it', async (_, change) => {
      const fn = aws.functions.get('api');
      Object.assign(fn ?? {}, change);
      if (fn) fn.alias.FunctionVersion = '$LATEST';
      const found = await runtime.observe(target);
      expect(found.drift).toMatchObject([
        { where: 'api:$LATEST', detail: expect.stringContaining('takes 100 % of the traffic'), inTraffic: true },
      ]);
      await runtime.setWeights(target, everything(), 'forward', fence);
      expect(fn?.alias.FunctionVersion).toBe('2');
    });

    it('by a route of their own: tells of it', async () => {
      aws.api.routes.push({ RouteKey: 'GET /x', Target: 'integrations/i-2' });
      expect((await runtime.observe(target)).drift).toMatchObject([{ where: 'route GET /x', inTraffic: true }]);
    });

    it('behind many routes and integrations of their own: finds it on the page where it is, and leads it back', async () => {
      const many = Array.from({ length: 150 }, (_, n) => n);
      const [own] = aws.api.integrations;
      Object.assign(own ?? {}, { IntegrationUri: 'https://elsewhere.example/' });
      aws.api.routes.unshift(...many.map((n) => ({ RouteKey: `GET /${n}`, Target: `integrations/x-${n}` })));
      aws.api.integrations.unshift(
        ...many.map((n) => ({ IntegrationId: `x-${n}`, IntegrationType: 'AWS_PROXY', IntegrationUri: `arn:${n}` })),
      );
      const { drift } = await runtime.observe(target);
      expect(drift).toHaveLength(151);
      expect(drift).toMatchObject([
        { where: 'route $default', detail: 'leads to https://elsewhere.example/ instead of api:live', inTraffic: true },
        { detail: expect.stringContaining('leads to arn:0,') },
        ...many.slice(1).map((n) => ({ where: `route GET /${n}` })),
      ]);
      await runtime.setWeights(target, everything(), 'forward', fence);
      expect(own?.IntegrationUri).toMatch(/:function:api:live$/);
    });

    it.each(['worker:$LATEST', 'worker:1', 'other'])('to %s: tells of it, and leads the queue back', async (to) => {
      aws.mapping.arn = `arn:aws:lambda:eu-central-1:123456789012:function:${to}`;
      const seen = await runtime.observe(target);
      expect(seen.drift).toMatchObject([{ where: 'queue mapping m-1', inTraffic: true }]);
      expect(seen.versions.find((version) => version.release === digest)).toMatchObject({ healthy: false });
      await runtime.setWeights(target, everything(), 'forward', fence);
      expect(changes().at(-1)).toBe('PUT event-source-mappings/m-1 {"FunctionName":"worker:live","Enabled":true}');
      expect((await runtime.observe(target)).drift).toEqual([]);
    });

    it('by a second mapping: tells of it, and switches off what feeds another version of the worker', async () => {
      const arn = (name: string) => `arn:aws:lambda:eu-central-1:123456789012:function:${name}`;
      aws.strayMappings.set('m-2', { state: 'Enabled', looks: 0, arn: arn('worker:1') });
      aws.strayMappings.set('m-3', { state: 'Enabled', looks: 0, arn: arn('thief') });
      expect((await runtime.observe(target)).drift.map(({ where }) => where)).toEqual([
        'queue mapping m-2',
        'queue mapping m-3',
      ]);
      await runtime.setWeights(target, everything(), 'forward', fence);
      expect((await runtime.observe(target)).drift.map(({ where }) => where)).toContain('queue mapping m-3');
      expect(changes().filter((call) => call.includes('event-source-mappings'))).toContain(
        'PUT event-source-mappings/m-2 {"Enabled":false}',
      );
      expect(changes().some((call) => call.includes('m-3'))).toBe(false);
    });

    it('says so when it may not look', async () => {
      aws.once.set('GET v2/apis/api-1/routes', [403, 'AccessDeniedException']);
      expect((await runtime.observe(target)).drift).toMatchObject([
        { hint: 'soundbite bootstrap staging', inTraffic: false },
      ]);
    });
  });

  describe('where somebody opened or shut a function', () => {
    const asDeployed = (): Target => ({ ...target, deployed: digest });
    const observed = async () => (await runtime.observe(asDeployed())).drift;
    const fn = (name: string) => {
      const found = aws.functions.get(name);
      if (!found) throw new Error(`the fake has no ${name}`);
      return found;
    };

    it('by its concurrency: tells of it, and a promotion frees it', async () => {
      fn('worker').reserved = 0;
      expect(await observed()).toEqual([
        { where: 'worker', detail: 'runs at most 0 times at once, and the release declares no limit', inTraffic: true },
      ]);
      expect(await runtime.install(asDeployed(), release, fence)).toEqual(['worker (ran at most 0 times at once)']);
      expect(await observed()).toEqual([]);
    });

    it('by an alias of their own: tells of it, and a promotion takes it away', async () => {
      await runtime.install(asDeployed(), release, fence);
      fn('api').otherAliases.push('canary');
      expect(await observed()).toMatchObject([{ where: 'api:canary', inTraffic: false }]);
      expect(await runtime.retire(asDeployed(), [digest], fence)).toEqual(['api:canary']);
      expect(await observed()).toEqual([]);
    });

    it('by taking the permission of the HTTP API: tells of it, and by whom to give it back', async () => {
      fn('api').policies.set('live', [mayInvoke('api:live', 'declared', 'sns.amazonaws.com')]);
      expect(await observed()).toMatchObject([
        {
          where: 'api:live',
          detail: 'may not be invoked by apigateway.amazonaws.com, as the release declares',
          hint: 'soundbite repair staging',
          inTraffic: true,
        },
        { where: 'api:live', detail: expect.stringContaining('may be invoked by sns.amazonaws.com'), inTraffic: false },
      ]);
    });

    it('by a permission on the function itself: tells of it, with the command that takes it away', async () => {
      fn('worker').policies.set('', [mayInvoke('worker', 's-1', 's3.amazonaws.com')]);
      expect(await observed()).toMatchObject([
        {
          where: 'worker',
          hint: 'soundbite aws staging lambda remove-permission --function-name worker --statement-id s-1',
        },
      ]);
    });

    it('says so when it may not look', async () => {
      aws.once.set('GET functions/api/policy', [403, 'AccessDeniedException']);
      expect(await observed()).toMatchObject([{ where: 'api', hint: 'soundbite bootstrap staging', inTraffic: false }]);
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
