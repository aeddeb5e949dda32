import type { Digest, Release, Runtime, Target, VersionShare } from '@soundbite/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { mayInvoke } from './testing.ts';
import { stageOnAws } from './testing-stage.ts';

// What leads requests and jobs to a version: routes, queue mappings, permissions, concurrency, aliases.

const fence = { owner: 'db', generation: 7 };

describe('the doors of a real account', () => {
  const at = stageOnAws();
  const { changes } = at;
  let aws: (typeof at)['aws'];
  let runtime: Runtime;
  let target: Target;
  let release: Release;
  let digest: Digest;
  beforeEach(() => {
    ({ aws, runtime, target, release } = at);
    ({ digest } = release);
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
});
