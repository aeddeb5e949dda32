import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateAliasCommand,
  GetPolicyCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  PutFunctionConcurrencyCommand,
  RemovePermissionCommand,
  UpdateAliasCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { leadElsewhere } from '../../packages/runtimes/src/infrastructure/testing-hands.ts';
import { environmentStatus, soundbite } from '../support/environments.ts';
import { failures, pollingClient } from '../support/polling-client.ts';

interface FindingsDocument {
  readonly ok: boolean;
  readonly findings: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[];
}

const name = 'dev-aws-deployed';
const api = `soundbite-${name}-api`;
const worker = `soundbite-${name}-worker`;
const forged = zipSync({
  'index.mjs': Buffer.from('export const api = async () => ({ statusCode: 418, body: "forged" });'),
});

let lambda: LambdaClient;
let config: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
let version = '';
beforeAll(async () => {
  const { cloud } = await environmentStatus(name);
  const root = JSON.parse(await readFile(join(inject('home'), 'accounts', cloud.account, 'root.json'), 'utf8'));
  const credentials = { accessKeyId: root.accessKeyId, secretAccessKey: root.secretAccessKey };
  config = { endpoint: cloud.endpoint ?? '', region: cloud.region, credentials };
  lambda = new LambdaClient(config);
  // Whatever was deployed before: the stack has the live release's own template, so that its functions may be put back.
  const live = await soundbite('promote', name, '--release', String((await environmentStatus(name)).release), '--json');
  expect(live.code, live.stdout + live.stderr).toBe(0);
});
afterAll(() => lambda?.destroy());

const wrong = async () => {
  const { findings } = (await soundbite('validate', name, '--json')).json<FindingsDocument>();
  return findings.filter((finding) => !finding.ok).map((finding) => finding.name);
};

it('somebody gives other code under the live release’s label most of the traffic: it is told, and `up` takes it away', async () => {
  const { url, release } = await environmentStatus(name);
  const made = await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: api, ZipFile: forged, Publish: true }));
  version = made.Version ?? '';
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName: api });
  const RoutingConfig = { AdditionalVersionWeights: { [version]: 0.9 } };
  await lambda.send(new UpdateAliasCommand({ FunctionName: api, Name: 'live', RoutingConfig }));
  await leadElsewhere(config, await apiId(), (uri) => uri.replace(':live', ':$LATEST'));
  expect(await environmentStatus(name)).toMatchObject({ release, state: expect.not.stringMatching('healthy') });
  expect(await wrong()).toEqual(
    expect.arrayContaining([`drift ${api}:${version}`, `drift ${api}:$LATEST`, 'drift route $default']),
  );

  const up = await soundbite('up', '--no-promote');
  expect(up.code, up.stderr).toBe(0);
  // Its last line lets a browser in.
  const [link = ''] = /http:\S+\/enter\/\S+/.exec(up.stdout.trimEnd().split('\n').at(-1) ?? '') ?? [];
  expect((await fetch(link, { redirect: 'manual' })).status).toBe(303);
  const client = pollingClient(url);
  expect(await wrong()).toEqual([`drift ${api}:${version}`]);
  expect(failures(await client.stop())).toEqual([]);
});

it('somebody turns every screw of both functions: each is named, and promoting what is live puts all right without a failed request', async () => {
  const { url, release } = await environmentStatus(name);
  const [mapping] =
    (await lambda.send(new ListEventSourceMappingsCommand({ FunctionName: worker }))).EventSourceMappings ?? [];
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping?.UUID, FunctionName: worker, BatchSize: 1 }));
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: worker, MemorySize: 1024 }));
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName: worker });
  await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: worker, ReservedConcurrentExecutions: 0 }));
  await lambda.send(new CreateAliasCommand({ FunctionName: api, Name: 'canary', FunctionVersion: version }));
  const { Policy = '' } = await lambda.send(new GetPolicyCommand({ FunctionName: api, Qualifier: 'live' }));
  const StatementId = JSON.parse(Policy).Statement[0].Sid;
  await lambda.send(new RemovePermissionCommand({ FunctionName: api, Qualifier: 'live', StatementId }));

  const found = [
    'resources',
    'settings',
    `drift ${api}:${version}`,
    `drift ${worker}:$LATEST`,
    `drift ${api}:canary`,
    `drift ${api}:live`,
    `drift ${worker}`,
    `drift queue mapping ${mapping?.UUID}`,
  ];
  expect((await wrong()).sort()).toEqual(expect.arrayContaining(found.sort()));
  const { state, findings } = await environmentStatus(name);
  expect(state).toBe('degraded');
  expect(findings.map((finding) => finding.name)).toEqual(
    expect.arrayContaining(found.filter((one) => one.startsWith('drift'))),
  );

  const client = pollingClient(url);
  const again = await soundbite('promote', name, '--release', String(release), '--json');
  expect(again.code, again.stdout).toBe(0);
  expect(failures(await client.stop())).toEqual([]);
  const said = (step: string) => again.stderr.split('\n').find((line) => line.includes(` ${step} succeeded`));
  expect(said('infrastructure')).toMatch(/created again, deleted by hand: HttpPermission/);
  expect(said('infrastructure')).toMatch(/restored, changed by hand: .*WorkerMapping \(BatchSize/);
  expect(said('publish')).toContain(`${worker} (ran at most 0 times at once)`);
  expect(said('finalise')).toContain(`${api}:canary`);
  expect(said('finalise')).toContain(`${api}:${version}`);
  expect(await wrong()).toEqual([]);
  expect(await environmentStatus(name)).toMatchObject({ state: 'healthy', release });
});

/** The HTTP API of the environment, by the permission that names it. */
async function apiId(): Promise<string> {
  const { Policy = '' } = await lambda.send(new GetPolicyCommand({ FunctionName: api, Qualifier: 'live' }));
  return /execute-api:[^:]+:\d+:([^/]+)/.exec(Policy)?.[1] ?? '';
}
