import type { Digest, Release, Runtime, Target } from '@soundbite/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { awsRuntime } from './runtime.ts';
import { machine, stageOnAws } from './testing-stage.ts';

// What could not be tried on AWS itself: the calls are held to what its documentation says they must be, and to how it answers.

const fence = { owner: 'db', generation: 7 };

describe('the calls of the aws runtime on a real account', () => {
  const at = stageOnAws();
  const { changes, invoked } = at;
  let aws: (typeof at)['aws'];
  let cut: (typeof at)['cut'];
  let runtime: Runtime;
  let target: Target;
  let release: Release;
  let digest: Digest;
  let codeSha256: string;
  beforeEach(() => {
    ({ aws, cut, runtime, target, release } = at);
    ({ digest } = release);
    ({ codeSha256 = '' } = release.manifest.service);
  });

  it('publishes from a proven revision, waits until function and version are ready, and tries both versions', async () => {
    await runtime.install(target, release, fence);
    const publish = JSON.stringify({ CodeSha256: codeSha256, Description: digest, RevisionId: 'r-1' });
    expect(changes().sort()).toEqual([
      `POST functions/api/versions ${publish}`,
      `POST functions/worker/versions ${publish}`,
    ]);
    expect(invoked().sort()).toEqual([
      'functions/api/invocations?Qualifier=2',
      'functions/worker/invocations?Qualifier=2',
    ]);
  });

  it('finds the version again after a crash instead of publishing another', async () => {
    await runtime.install(target, release, fence);
    const before = changes().length;
    await runtime.install(target, release, fence);
    expect(changes().length).toBe(before);
  });

  it.each([
    ['InvalidRuntime', 'version-unhealthy'],
    ['FunctionError.InitTimeout', 'version-unhealthy'],
    ['InternalError', 'function-unusable'],
    ['EniLimitExceeded', 'function-unusable'],
    ['KMSKeyAccessDenied', 'function-unusable'],
  ])(
    'blames the release where its function cannot run for its own reasons, and not for the account’s: %s',
    async (StateReasonCode, code) => {
      const fn = aws.functions.get('worker');
      if (fn) fn.unusable = { StateReasonCode, StateReason: 'it cannot be run' };
      await expect(runtime.install(target, release, fence)).rejects.toMatchObject({
        code,
        message: expect.stringContaining('is not usable: it cannot be run'),
      });
    },
  );

  it('publishes nothing whose code is not what was released', async () => {
    const fn = aws.functions.get('worker');
    if (fn) fn.codeSha256 = 'swapped';
    await expect(runtime.install(target, release, fence)).rejects.toMatchObject({
      code: 'code-altered',
      source: 'user',
    });
    expect(changes().some((call) => call.includes('functions/worker'))).toBe(false);
  });

  it('refuses three shares, and outputs that the stack lacks, before it changes anything', async () => {
    const third = `sha256:${'c'.repeat(64)}` as Digest;
    const weights = [digest, cut.older.digest, third].map((one) => ({ release: one, share: 1 / 3 }));
    await expect(runtime.setWeights(target, weights, 'forward', fence)).rejects.toMatchObject({
      code: 'weights-too-many',
    });
    const lacking = { ...target, outputs: {} };
    await expect(runtime.install(lacking, release, fence)).rejects.toMatchObject({ code: 'output-missing' });
    expect(changes()).toEqual([]);
  });

  it('holds the fence right before each change', async () => {
    await runtime.install(target, release, fence);
    await runtime.setWeights(target, [{ release: digest, share: 1 }], 'forward', fence);
    const order = aws.calls.map((call) => (call.startsWith('fence') ? 'fence' : call.split(' ').slice(0, 2).join(' ')));
    for (const change of order.filter((call) => call.startsWith('PUT')))
      expect(order[order.indexOf(change) - 1]).toBe('fence');
  });

  it('moves the worker first and the API second going forward, with the revision read before and the routing said in full', async () => {
    await runtime.install(target, release, fence);
    aws.calls.length = 0;
    await runtime.setWeights(target, [{ release: digest, share: 1 }], 'forward', fence);
    const move = '{"FunctionVersion":"2","RoutingConfig":{"AdditionalVersionWeights":{}},"RevisionId":"a-1"}';
    expect(changes()).toEqual([
      `PUT functions/worker/aliases/live ${move}`,
      'PUT event-source-mappings/m-1 {"Enabled":true}',
      `PUT functions/api/aliases/live ${move}`,
    ]);
  });

  it('moves the API first going back, and moves nothing that is there already', async () => {
    await runtime.install(target, release, fence);
    await runtime.setWeights(target, [{ release: digest, share: 1 }], 'forward', fence);
    aws.calls.length = 0;
    await runtime.setWeights(target, [{ release: digest, share: 1 }], 'forward', fence);
    expect(changes()).toEqual([]);
    await runtime.setWeights(target, [], 'back', fence);
    expect(changes().map((call) => call.split(' ').slice(0, 2).join(' '))).toEqual([
      'PUT event-source-mappings/m-1',
      'PUT functions/api/aliases/live',
      'PUT functions/worker/aliases/live',
    ]);
  });

  const looks = (name: string) => invoked().filter((call) => call === `functions/${name}/invocations?Qualifier=live`);

  it('goes forward step by step: the API moves once only the new version of the worker answers', async () => {
    await runtime.install(target, release, fence);
    aws.calls.length = 0;
    const worker = aws.functions.get('worker');
    worker?.stillAnswering.push('1', '2', '2', '2', '2', '1', '2');
    await runtime.setWeights(target, [{ release: digest, share: 1 }], 'forward', fence);
    expect(worker?.stillAnswering).toEqual([]);
    expect(looks('worker').length).toBe(11);
    expect(looks('api').length).toBe(5);
    const words = aws.calls.map((call) => call.split(' ').slice(0, 2).join(' '));
    expect(words.lastIndexOf('POST functions/worker/invocations?Qualifier=live')).toBeLessThan(
      words.indexOf('PUT functions/api/aliases/live'),
    );
  });

  it('goes back at once with both, and then waits until only the old version answers, also when a crash came between', async () => {
    await runtime.install(target, release, fence);
    await runtime.setWeights(target, [{ release: digest, share: 1 }], 'forward', fence);
    aws.calls.length = 0;
    for (const name of ['api', 'worker']) aws.functions.get(name)?.stillAnswering.push('2', '2', '2');
    const back = [{ release: cut.older.digest, share: 1 }];
    await runtime.setWeights(target, back, 'back', fence);
    const words = aws.calls.map((call) => call.split(' ').slice(0, 2).join(' '));
    expect(words.findIndex((word) => word.includes('Qualifier=live'))).toBeGreaterThan(
      words.indexOf('PUT functions/worker/aliases/live'),
    );
    expect([looks('api').length, looks('worker').length]).toEqual([8, 8]);
    aws.functions.get('api')?.stillAnswering.push('2');
    await runtime.setWeights(target, back, 'back', fence);
    expect(looks('api').length).toBe(8 + 6);
  });

  it('takes both versions of an alias with weights for wanted', async () => {
    await runtime.install(target, release, fence);
    for (const name of ['api', 'worker']) aws.functions.get(name)?.stillAnswering.push('2', '1', '1', '2');
    const weights = [
      { release: digest, share: 0.1 },
      { release: cut.older.digest, share: 0.9 },
    ];
    await runtime.setWeights(target, weights, 'forward', fence);
    expect(looks('api').length).toBe(5);
  });

  it('does not call traffic moved that another version goes on answering', async () => {
    await runtime.install(target, release, fence);
    aws.functions.get('worker')?.stillAnswering.push(...Array<string>(2000).fill('1'));
    const impatient = awsRuntime({ ...machine, releases: cut.releases, everyMs: 10, settlesWithinMs: 300 });
    const moved = impatient.setWeights(target, [{ release: digest, share: 1 }], 'forward', fence);
    await expect(moved).rejects.toMatchObject({
      code: 'alias-unsettled',
      source: 'system',
      message: 'worker:live does not answer with version 2 alone after 0.3 s; at last: version 1 answered',
    });
    expect(aws.functions.get('api')?.alias.FunctionVersion).toBe('1');
  });

  it('looks again where a look was refused for the time being', async () => {
    await runtime.install(target, release, fence);
    aws.once.set('POST functions/api/invocations', [429, 'TooManyRequestsException']);
    await runtime.setWeights(target, [{ release: digest, share: 1 }], 'forward', fence);
    expect(aws.once.size).toBe(0);
    expect(aws.functions.get('api')?.alias.FunctionVersion).toBe('2');
  });

  it('gives the smaller share to the second version of the alias', async () => {
    await runtime.install(target, release, fence);
    aws.calls.length = 0;
    const weights = [
      { release: digest, share: 0.1 },
      { release: cut.older.digest, share: 0.9 },
    ];
    await runtime.setWeights(target, weights, 'forward', fence);
    const [worker] = changes();
    expect(worker).toContain('"FunctionVersion":"1"');
    expect(worker).toContain('"AdditionalVersionWeights":{"2":0.1}');
  });

  it('reads and writes again when the revision moved in between, when AWS is busy, and when a permission is late', async () => {
    aws.once.set('POST functions/api/versions', [409, 'ResourceConflictException']);
    aws.once.set('PUT functions/worker/aliases/live', [412, 'PreconditionFailedException']);
    aws.once.set('GET functions/api/aliases/live', [403, 'AccessDeniedException']);
    await runtime.install(target, release, fence);
    await runtime.setWeights(target, [{ release: digest, share: 1 }], 'forward', fence);
    expect(aws.functions.get('api')?.alias.FunctionVersion).toBe('2');
    expect(aws.functions.get('worker')?.alias.FunctionVersion).toBe('2');
    expect(aws.once.size).toBe(0);
  });

  it('deletes versions by their own names, and never the static one or one in use', async () => {
    await runtime.install(target, release, fence);
    aws.calls.length = 0;
    await runtime.retire(target, [], fence);
    expect(changes().sort()).toEqual(['DELETE functions/api:2 {}', 'DELETE functions/worker:2 {}']);
    expect(aws.functions.get('api')?.versions.map(({ Version }) => Version)).toEqual(['1']);
  });

  it('is shut out by a newer generation and by another control plane, before it changes anything', async () => {
    await runtime.install(target, release, fence);
    const before = changes().length;
    const weights = [{ release: digest, share: 1 }];
    const older = runtime.setWeights(target, weights, 'forward', { owner: 'db', generation: 6 });
    await expect(older).rejects.toMatchObject({ code: 'generation-old' });
    const foreign = runtime.setWeights(target, weights, 'forward', { owner: 'another', generation: 9 });
    await expect(foreign).rejects.toMatchObject({ code: 'fence-foreign', source: 'user' });
    expect(changes().length).toBe(before);
  });

  it('says before anything is changed what the account cannot carry', async () => {
    const template = {
      Resources: {
        Stage: {
          Type: 'AWS::ApiGatewayV2::Stage',
          Properties: { DefaultRouteSettings: { ThrottlingRateLimit: 200 } },
        },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: { ScalingConfig: { MaximumConcurrency: 5 } },
        },
      },
    };
    expect(await runtime.capacity(target, template)).toMatchObject({ ok: true });
    aws.account.unreserved = 10;
    const short = await runtime.capacity(target, template);
    expect(short).toMatchObject({ ok: false, detail: expect.stringContaining('10 of Lambda is less than the 25') });
    expect(short?.hint).toContain('--region eu-central-1');
    aws.once.set('GET account-settings', [429, 'TooManyRequestsException']);
    expect(await runtime.capacity(target, template)).toEqual(short);
    aws.account.unreserved = null;
    await expect(runtime.capacity(target, template)).rejects.toMatchObject({ code: 'answer-unexpected' });
    expect(aws.calls).toEqual([]);
  });

  it('pins by a complete payload of format 2.0, whose stage no outsider can set', async () => {
    await runtime.install(target, release, fence);
    aws.calls.length = 0;
    await runtime.request(target, digest, {
      method: 'POST',
      path: '/orders?a=1&a=2&b=%C3%A9',
      headers: { 'Content-Type': 'application/json', cookie: 'x=1; y=2' },
      body: '{"text":"é"}',
      rehearsal: true,
    });
    const [call = ''] = aws.calls;
    const event = JSON.parse(call.slice(call.indexOf('{')));
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/orders',
      rawQueryString: 'a=1&a=2&b=%C3%A9',
      queryStringParameters: { a: '1,2', b: 'é' },
      cookies: ['x=1', 'y=2'],
      headers: { 'content-type': 'application/json' },
      requestContext: { stage: 'rehearsal', http: { method: 'POST', path: '/orders', protocol: 'HTTP/1.1' } },
      body: '{"text":"é"}',
      isBase64Encoded: false,
    });
  });
});
