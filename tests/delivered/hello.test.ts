import type { Status } from '@soundbite/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PromotionDocument } from '../support/environments.ts';
import { type ServiceStage, serviceStage } from '../support/service-stage.ts';

/** As `cdk init app --language typescript` leaves an app, without its Markdown; with one NodejsFunction and its URL. */
describe('a plain CDK app in TypeScript with one bundled function at its own URL', () => {
  let stage: ServiceStage;
  let first: string;
  beforeAll(async () => {
    stage = await serviceStage('hello');
  });
  afterAll(() => stage?.remove());
  const ask = async (path: string): Promise<unknown> =>
    (await fetch(`${(await stage.environment('live'))?.url}${path}`)).json();
  const hello = 'lib/hello-stack.hello.ts';

  it('comes up in two accounts without a change of its source, and is reached at one address in each', async () => {
    const { environments } = await stage.soundbite<Status>(0, 'up');
    expect(environments.map(({ name, state }) => [name, state])).toEqual([
      ['test', 'healthy'],
      ['live', 'healthy'],
    ]);
    first = environments[0]?.release ?? '';
    expect(await ask('/?name=Ada')).toEqual({ hello: 'Ada' });
    expect(await ask('/health')).toEqual({ status: 'well' });
  });

  it('is stopped by its own smoke before users meet a bad release', async () => {
    await stage.service.change(hello, '{ hello: name }', '{ hello: name.length }');
    await stage.cut();
    const promotion = await stage.soundbite<PromotionDocument>(1, 'promote', 'test');
    expect(promotion).toMatchObject({ state: 'failed', reason: expect.stringMatching(/smoke: greets: .*"hello":3/) });
    expect(promotion.steps.map(({ name }) => name)).not.toContain('shift');
    expect(await stage.environment('test')).toMatchObject({ state: 'healthy', release: first });
  });

  it('has its URL missed when somebody deletes it, and made again by a repair', async () => {
    const aws = <T>(...args: string[]) => stage.aws<T>('test', ...args);
    const { Functions } = await aws<{ Functions: { FunctionName: string }[] }>('lambda', 'list-functions');
    const name = Functions[0]?.FunctionName ?? '';
    await aws('lambda', 'delete-function-url-config', '--function-name', name, '--qualifier', 'live');
    const { findings } = await stage.soundbite<{ findings: { name: string }[] }>(1, 'validate', 'test');
    expect(findings.map((finding) => finding.name)).toContain(`drift URL of ${name}:live`);
    await stage.soundbite(0, 'repair', 'test');
    expect(await stage.environment('test')).toMatchObject({ state: 'healthy', release: first });
    const { url } = (await stage.environment('test')) ?? {};
    expect(await (await fetch(`${url}/?name=Ada`)).json()).toEqual({ hello: 'Ada' });
  });

  it('goes through both, and back', async () => {
    await stage.service.change(hello, '{ hello: name.length }', '{ hello: name, from: 2 }');
    const release = await stage.cut();
    await stage.soundbite(0, 'promote', 'test', '--through', 'live');
    expect(await ask('/?name=Ada')).toEqual({ hello: 'Ada', from: 2 });
    const back = await stage.soundbite<PromotionDocument>(0, 'rollback', 'live');
    expect(back).toMatchObject({ state: 'succeeded', release: first, previous: release });
    expect(await ask('/?name=Ada')).toEqual({ hello: 'Ada' });
  });
});
