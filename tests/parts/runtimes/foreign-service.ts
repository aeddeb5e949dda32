import { join } from 'node:path';
import {
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListVersionsByFunctionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import {
  type Cloud,
  clientOptions,
  componentsOutput,
  type Fence,
  holdingsIn,
  noHoldings,
  type Observation,
  type Release,
  readStackComponents,
  type StackComponent,
  type Target,
} from '@soundbite/model';
import { expect, it } from 'vitest';
import { templateOf } from '../../../packages/release/src/index.ts';
import { deleteApi } from '../../../packages/runtimes/src/infrastructure/testing-hands.ts';
import { declared } from './environment.ts';
import { pythonRelease, pythonZip } from './python-service.ts';
import { testCloud } from './test-cloud.ts';
import type { WatchedEnvironment } from './watched.ts';

const share = ({ versions }: Observation) =>
  versions.filter((one) => one.share > 0).map((one) => [one.release, one.share, one.healthy ? 'healthy' : one.detail]);

async function functionAsController(cloud: Cloud, FunctionName: string): Promise<string | undefined> {
  const lambda = new LambdaClient(clientOptions(await cloud.access('controller')));
  const asked = lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  return asked.then((answer) => answer.FunctionName).finally(() => lambda.destroy());
}

/** To be called beside the other tests of the account: this service has an environment of its own there. */
export function foreignService(open: () => WatchedEnvironment): void {
  it('a Python service that names no release, with names that CloudFormation made, lives the life of any other', async () => {
    const { parts, runtime, owner } = open();
    const fence: Fence = { owner, generation: 1 };
    const environment = { ...declared('staging'), cloud: open().environment.cloud };
    const { account, region, endpoint, credentials, config } = parts.account;
    const cloud = testCloud({ kind: 'emulated', account, region, endpoint, credentials }, environment);
    await parts.stacks.bootstrap(environment, cloud, noHoldings);
    const cut = (note: string, more = {}) => pythonRelease(join(parts.root, 'releases'), environment, note, more);
    const deployed = async (release: Release): Promise<Target> => {
      const assembly = join(release.directory, 'assembly', environment.name);
      const outputs = await parts.stacks.deploy(environment, cloud, assembly, release.digest, fence);
      return { environment, cloud, outputs, deployed: release.digest };
    };
    const all = (release: Release) => [{ release: release.digest, share: 1 }];
    const [one, two] = [await cut('one'), await cut('two')];

    const first = await deployed(one);
    const components = readStackComponents(first.outputs[componentsOutput] ?? '', environment.name);
    // Under the bootstrap of a stack that holds none of it, it is nobody's to touch.
    const seen = () => functionAsController(cloud, components[0]?.function ?? '');
    await expect(seen()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await parts.stacks.bootstrap(environment, cloud, holdingsIn(await templateOf(one, environment.name)));
    expect(await seen()).toMatch(/^soundbite-staging-Worker-/);
    expect(components.map(({ name }) => name)).toEqual(['worker', 'nightly', 'orders']);
    await runtime.install(first, one, fence);
    expect(share(await runtime.observe(first))).toEqual([]);
    const asked = await runtime.request(first, one.digest, { method: 'GET', path: '/orders', rehearsal: true });
    expect([asked.status, asked.release, asked.headers['x-soundbite-release']]).toEqual([200, one.digest, undefined]);
    expect(await runtime.invoke(first, one.digest, 'worker', { Records: [1, 2] }, 10_000)).toMatchObject({
      records: 2,
    });
    expect(await runtime.invoke(first, one.digest, 'nightly', {}, 10_000)).toEqual({ note: 'one', rehearsal: true });

    await runtime.setWeights(first, all(one), 'forward', fence);
    expect(await runtime.observe(first)).toMatchObject({ drift: [] });
    expect(share(await runtime.observe(first))).toEqual([[one.digest, 1, 'healthy']]);
    const { url = '' } = (await runtime.address(environment, first.outputs)) ?? {};
    const from = Date.now();
    const answers = [await fetch(`${url}/orders`), await fetch(`${url}/orders/missing`)];
    expect(answers.map(({ status }) => status)).toEqual([200, 404]);
    expect(await answers[1]?.json()).toMatchObject({
      note: 'one',
      table: expect.stringMatching(/^soundbite-staging-/),
    });
    // Their answers name no release: the version does.
    const { records } = await runtime.requests({ environment, cloud }, { time: from });
    expect(records.map(({ status, release }) => [status, release])).toEqual([
      [200, one.digest],
      [404, one.digest],
    ]);

    const second = await deployed(two);
    await runtime.install(second, two, fence);
    const half = [one, two].map(({ digest }) => ({ release: digest, share: 0.5 }));
    await runtime.setWeights(second, half, 'forward', fence);
    expect(share(await runtime.observe(second))).toHaveLength(2);
    await runtime.setWeights(second, all(two), 'forward', fence);
    expect(share(await runtime.observe(second))).toEqual([[two.digest, 1, 'healthy']]);
    // The worker did not change: both releases have one version of it, the one that the stack made.
    const lambda = new LambdaClient(config);
    const named = (name: string) => components.find((found) => found.name === name) as StackComponent;
    const published = async (name: string) => {
      const listed = lambda.send(new ListVersionsByFunctionCommand({ FunctionName: named(name).function }));
      return (await listed).Versions?.map(({ Version }) => Version).join();
    };
    expect([await published('worker'), await published('orders')]).toEqual(['$LATEST,1', '$LATEST,1,2']);
    await runtime.setWeights(second, all(one), 'back', fence);
    expect(await runtime.observe(second)).toMatchObject({ drift: [] });
    expect(share(await runtime.observe(second))).toEqual([[one.digest, 1, 'healthy']]);

    // A release in which no function changed is live all the same, and is gone back from.
    const three = await cut('two', { Topic: { Type: 'AWS::SNS::Topic', Properties: {} } });
    const third = await deployed(three);
    await runtime.install(third, three, fence);
    await runtime.setWeights(third, all(three), 'forward', fence);
    await runtime.retire(third, [three.digest, two.digest, one.digest], fence);
    expect(await runtime.observe(third)).toMatchObject({ drift: [] });
    expect(share(await runtime.observe(third))).toEqual([[three.digest, 1, 'healthy']]);
    expect([await published('worker'), await published('orders')]).toEqual(['$LATEST,1', '$LATEST,1,2']);
    await runtime.setWeights(third, all(two), 'back', fence);
    expect(share(await runtime.observe(third))).toEqual([[two.digest, 1, 'healthy']]);
    await runtime.setWeights(third, all(one), 'back', fence);

    // Names that CloudFormation made are known: somebody leads a version to another table.
    const ofWorker = { FunctionName: named('worker').function };
    const Variables = { TABLE_NAME: 'elsewhere' };
    await lambda.send(new UpdateFunctionConfigurationCommand({ ...ofWorker, Environment: { Variables } }));
    const led = {
      where: `${ofWorker.FunctionName}:$LATEST`,
      detail: expect.stringContaining('Environment.TABLE_NAME'),
    };
    expect((await runtime.observe(third)).drift).toMatchObject([led]);

    // Somebody changes the code and publishes it: nothing is taken for the release any more that is not.
    const FunctionName = named('orders').function;
    const ZipFile = pythonZip('forged');
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile, Publish: true }));
    await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
    const { drift } = await runtime.observe(third);
    expect(drift).toHaveLength(3);
    const ofCode = drift.filter(({ where }) => where.startsWith(FunctionName));
    for (const { where, detail } of ofCode) expect(`${where} ${detail}`).toMatch(/^soundbite-staging-.*its code is /);
    const undone = [
      ...(await runtime.install(third, three, fence)),
      ...(await runtime.retire(third, [one.digest, three.digest], fence)),
    ];
    for (const { where } of drift) expect(undone.join()).toContain(where);
    expect(await runtime.observe(third)).toMatchObject({ drift: [] });

    // Its API is deleted, and one of its functions: the others are taken out of traffic all the same.
    await deleteApi(config, named('orders').api ?? '');
    const gone = expect.objectContaining({ where: `HTTP API ${named('orders').api}`, detail: 'is gone' });
    expect((await runtime.observe(third)).drift).toContainEqual(gone);
    await lambda.send(new DeleteFunctionCommand({ FunctionName: named('nightly').function }));
    await expect(runtime.observe(third)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await runtime.takeDown({ environment, cloud }, third.outputs, fence);
    const left = JSON.stringify(components.filter(({ name }) => name === 'worker'));
    const empty = await runtime.observe({ ...third, outputs: { ...third.outputs, [componentsOutput]: left } });
    expect(share(empty)).toEqual([]);
    lambda.destroy();
  });
}
