import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  LambdaClient,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { environment, type PromotionDocument, soundbite } from '../support/environments.ts';
import { failures, pollingClient } from '../support/polling-client.ts';

interface FindingsDocument {
  readonly ok: boolean;
  readonly findings: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[];
}

const name = 'dev-aws-deployed';
const FunctionName = `soundbite-${name}-api`;
const forged = zipSync({
  'index.mjs': Buffer.from('export const api = async () => ({ statusCode: 418, body: "forged" });'),
});

let lambda: LambdaClient;
beforeAll(async () => {
  const { cloud } = await environment(name);
  const root = JSON.parse(await readFile(join(inject('home'), 'accounts', cloud.account, 'root.json'), 'utf8'));
  const credentials = { accessKeyId: root.accessKeyId, secretAccessKey: root.secretAccessKey };
  lambda = new LambdaClient({ endpoint: cloud.endpoint ?? '', region: cloud.region, credentials });
});
afterAll(() => lambda?.destroy());

const drift = async () => {
  const { ok, findings } = (await soundbite('validate', name, '--json')).json<FindingsDocument>();
  return { ok, what: findings.filter((finding) => !finding.ok).map((finding) => finding.name) };
};

it('somebody publishes other code under the live release’s label: it is told, gets no traffic, and promoting again puts it right', async () => {
  const before = await environment(name);
  const { Version } = await lambda.send(
    new UpdateFunctionCodeCommand({ FunctionName, ZipFile: forged, Publish: true }),
  );
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
  const strange = [`drift ${FunctionName}:${Version}`, `drift ${FunctionName}:$LATEST`];
  expect(await drift()).toEqual({ ok: false, what: strange });
  expect(await environment(name)).toMatchObject({ state: 'degraded', release: before.release });

  const client = pollingClient(before.url);
  const again = await soundbite('promote', name, '--release', String(before.release), '--json');
  expect(again.code, again.stdout).toBe(0);
  const details = again.json<PromotionDocument>().steps.map(({ name: step, detail }) => `${step}: ${detail}`);
  expect(details.find((detail) => detail.startsWith('publish'))).toContain(`${FunctionName}:$LATEST`);
  expect(details.find((detail) => detail.startsWith('finalise'))).toContain(`${FunctionName}:${Version}`);
  expect(failures(await client.stop())).toEqual([]);
  expect(await drift()).toEqual({ ok: true, what: [] });
  expect(await environment(name)).toMatchObject({ state: 'healthy', release: before.release });
});

it('somebody gives such a version most of the traffic: it is told, and `up` takes it away', async () => {
  const { Version = '' } = await lambda.send(
    new UpdateFunctionCodeCommand({ FunctionName, ZipFile: forged, Publish: true }),
  );
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
  const RoutingConfig = { AdditionalVersionWeights: { [Version]: 0.9 } };
  await lambda.send(new UpdateAliasCommand({ FunctionName, Name: 'live', RoutingConfig }));
  expect((await environment(name)).state).not.toBe('healthy');
  expect((await drift()).what).toContain(`drift ${FunctionName}:${Version}`);

  expect((await soundbite('up', '--no-promote')).code).toBe(0);
  const { url, release } = await environment(name);
  const client = pollingClient(url);
  const again = await soundbite('promote', name, '--release', String(release), '--json');
  expect(failures(await client.stop())).toEqual([]);
  expect(again.code, again.stdout).toBe(0);
  expect(await drift()).toEqual({ ok: true, what: [] });
});
