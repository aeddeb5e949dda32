import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  RollbackStackCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import {
  awsNames,
  type Cloud,
  clientOptions,
  type Infrastructure,
  type Release,
  SoundBiteError,
} from '@soundbite/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAccount, type TestAccount } from '../../../packages/clouds/src/emulated/test-account.ts';
import { type InfrastructureEvent, infrastructure } from '../../../packages/runtimes/src/index.ts';
import { setVisibility } from '../../../packages/runtimes/src/infrastructure/testing-hands.ts';
import { declared } from './environment.ts';
import { fixtureRelease } from './fixture-release.ts';
import { testCloud } from './test-cloud.ts';

const environment = declared('production');
const { stack: stackName } = awsNames(environment.name);

describe('the stacks of an environment, on an emulated account', () => {
  let root: string;
  let account: TestAccount;
  let cloud: Cloud;
  let stacks: Infrastructure;
  let first: Release;
  let second: Release;
  let broken: Release;
  const events: InfrastructureEvent[] = [];

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'soundbite-stacks-'));
    account = await startTestAccount({ account: environment.cloud.account });
    const { endpoint, region, credentials } = account;
    cloud = testCloud({ kind: 'emulated', account: account.account, region, endpoint, credentials }, environment);
    stacks = infrastructure({ emit: (event) => events.push(event) });
    first = await fixtureRelease(join(root, 'releases'), [environment], { note: 'first' });
    second = await fixtureRelease(join(root, 'releases'), [environment], { note: 'second' });
    // An alias of a version that does not exist: CloudFormation finds out while it makes it.
    const alias = { Name: 'broken', FunctionName: { Ref: 'Api' }, FunctionVersion: '99' };
    const resources = { Broken: { Type: 'AWS::Lambda::Alias', Properties: alias } };
    broken = await fixtureRelease(join(root, 'releases'), [environment], { note: 'broken' }, resources);
  });
  afterAll(async () => {
    await account?.dispose();
    await rm(root, { recursive: true, force: true });
  });

  const deploy = (release: Release, at = cloud, fence = { owner: 'test', generation: 10 }) =>
    stacks.deploy(environment, at, join(release.directory, 'assembly', environment.name), release.digest, fence);

  const refused = async (act: Promise<unknown>): Promise<SoundBiteError> => {
    const error = await act.then(
      () => new Error('nothing was refused'),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof SoundBiteError)) throw error;
    return error;
  };

  async function describeStack() {
    const client = new CloudFormationClient(clientOptions(await cloud.access('administrator')));
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    client.destroy();
    return Stacks?.[0];
  }

  it('bootstraps once', async () => {
    expect(await stacks.isBootstrapped(environment, cloud)).toBe(false);
    expect(await stacks.bootstrap(environment, cloud)).toEqual({ changed: true });
    expect(await stacks.isBootstrapped(environment, cloud)).toBe(true);
    expect(await stacks.bootstrap(environment, cloud)).toEqual({ changed: false });
    expect(await stacks.state(environment, cloud)).toBeNull();
  });

  it('says what fails in a first create, and makes the stack all the same when asked with a good template', async () => {
    const error = await refused(deploy(broken));
    expect(error).toMatchObject({ code: 'infrastructure-failed', source: 'user' });
    expect(error.message).toContain('Broken');
    // What never was has no template that a next one could take something away from.
    expect(await stacks.state(environment, cloud)).toBeNull();
    const outputs = await deploy(first);
    expect(outputs.ApiFunctionName).toBe(`soundbite-${environment.name}-api`);
    expect(await stacks.state(environment, cloud)).toMatchObject({ release: first.digest, outputs });
  });

  it('protects a stack after its first success, and keeps it protected over the next', async () => {
    expect((await describeStack())?.EnableTerminationProtection).toBe(true);
    await deploy(second);
    expect((await describeStack())?.EnableTerminationProtection).toBe(true);
    expect((await stacks.state(environment, cloud))?.release).toBe(second.digest);
  });

  it('refuses an older controller, and one of another database, before anything is touched', async () => {
    await deploy(second, cloud, { owner: 'test', generation: 10 });
    const before = await stacks.state(environment, cloud);
    expect(await refused(deploy(first, cloud, { owner: 'test', generation: 9 }))).toMatchObject({
      code: 'generation-old',
    });
    expect(await refused(deploy(first, cloud, { owner: 'another', generation: 11 }))).toMatchObject({
      code: 'fence-foreign',
    });
    expect(await stacks.state(environment, cloud)).toEqual(before);
  });

  it('touches nothing when all stands already', async () => {
    const before = await describeStack();
    events.length = 0;
    await deploy(second);
    expect(await describeStack()).toEqual(before);
    expect(events).toEqual([]);
  });

  it('leaves the stack as it was when an update fails', async () => {
    const error = await refused(deploy(broken));
    expect(error).toMatchObject({ code: 'infrastructure-failed', source: 'user' });
    expect(error.message).toContain('UPDATE_ROLLBACK_COMPLETE');
    expect((await stacks.state(environment, cloud))?.release).toBe(second.digest);
    // It stands as it did: to deploy what stands is done at once.
    await deploy(second);
    await deploy(first);
    expect((await stacks.state(environment, cloud))?.release).toBe(first.digest);
  });

  it('brings an update to its end that somebody left half way', async () => {
    const client = new CloudFormationClient(clientOptions(await cloud.access('administrator')));
    const StackName = stackName;
    const { TemplateBody = '' } = await client.send(new GetTemplateCommand({ StackName, TemplateStage: 'Original' }));
    const template = JSON.parse(TemplateBody);
    template.Resources.Mapping.Properties.BatchSize += 1;
    const alias = { Name: 'broken', FunctionName: { Ref: 'Api' }, FunctionVersion: '99' };
    template.Resources.Broken = { Type: 'AWS::Lambda::Alias', Properties: alias, DependsOn: 'Mapping' };
    const Parameters = (await describeStack())?.Parameters?.map(({ ParameterKey }) => ({
      ParameterKey,
      UsePreviousValue: true,
    }));
    await client.send(
      new UpdateStackCommand({
        StackName,
        TemplateBody: JSON.stringify(template),
        DisableRollback: true,
        Parameters,
        Capabilities: ['CAPABILITY_NAMED_IAM'],
      }),
    );
    await expect.poll(async () => (await describeStack())?.StackStatus).toBe('UPDATE_FAILED');
    expect(await stacks.state(environment, cloud)).toMatchObject({ wayOut: 'soundbite repair production' });
    expect(await refused(deploy(first))).toMatchObject({
      code: 'stack-wedged',
      hint: 'soundbite repair <environment>',
    });
    const visible = (seconds: number) => setVisibility(account.config, awsNames(environment.name).queue, seconds);
    const recover = () =>
      stacks.recover(environment, cloud, join(first.directory, 'assembly', environment.name), first.digest, {
        owner: 'test',
        generation: 10,
      });
    // With less than the function's own time no mapping of the queue is changed.
    await visible(5);
    await client.send(new RollbackStackCommand({ StackName }));
    await expect.poll(async () => (await describeStack())?.StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
    await visible(60);
    expect(await recover()).toEqual(['the rollback that had failed is brought to its end']);
    await deploy(first);
    expect(await stacks.state(environment, cloud)).toMatchObject({ release: first.digest, wayOut: null });
    expect(await stacks.presence(environment, cloud, { settings: true })).toMatchObject({ missing: [], changed: [] });
  });

  it('refuses a type that CloudFormation does not know, before anything changes', async () => {
    const unknown = { Unknown: { Type: 'AWS::SoundBite::Nothing', Properties: {} } };
    const release = await fixtureRelease(join(root, 'releases'), [environment], { note: 'unknown type' }, unknown);
    const error = await refused(deploy(release));
    expect(error).toMatchObject({ code: 'infrastructure-failed', source: 'user' });
    expect(error.message).toContain('AWS::SoundBite::Nothing');
  });

  it('destroys all, may be asked again, and can begin anew', async () => {
    await stacks.destroy(environment, cloud);
    // The sessions of its roles live on.
    expect(await stacks.isBootstrapped(environment, cloud)).toBe(false);
    await stacks.destroy(environment, cloud);
    expect(await stacks.bootstrap(environment, cloud)).toEqual({ changed: true });
    await deploy(first);
    expect((await stacks.state(environment, cloud))?.release).toBe(first.digest);
  });
});
