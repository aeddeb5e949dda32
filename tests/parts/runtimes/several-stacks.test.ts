import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, LambdaClient, RemovePermissionCommand } from '@aws-sdk/client-lambda';
import { type DeployerName, type Environment, holdingsIn, type Release } from '@soundbite/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAccount, type TestAccount } from '../../../packages/clouds/src/emulated/test-account.ts';
import { type InfrastructureEvent, infrastructure } from '../../../packages/runtimes/src/index.ts';
import { deleteApi } from '../../../packages/runtimes/src/infrastructure/testing-hands.ts';
import { declared } from './environment.ts';
import { type Pair, pairOf, pairRelease, pairTemplate } from './fixture-stacks.ts';
import { testCloud } from './test-cloud.ts';

const program = fileURLToPath(new URL('deploying-process.ts', import.meta.url));
// The toolkit takes a process and seconds for each stack: `npm run deployers` tries it.
const deployers: DeployerName[] =
  process.env.SOUNDBITE_DEPLOYERS === 'whole' ? ['change-sets', 'toolkit'] : ['change-sets'];

let root: string;
let account: TestAccount;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'soundbite-pair-'));
  account = await startTestAccount();
});
afterAll(async () => {
  await account?.dispose();
  await rm(root, { recursive: true, force: true });
});

// A test of eight deployments by the toolkit took more than two minutes on a busy machine.
describe.each(deployers)('two stacks of one environment, by the deployer %s', { timeout: 480_000 }, (deployer) => {
  const name = deployer === 'toolkit' ? 'staging' : 'production';
  const { data, web } = pairOf(name);
  const events: InfrastructureEvent[] = [];
  const stacks = infrastructure({ emit: (event) => events.push(event) });
  const fence = { owner: 'test', generation: 1 };
  const directoryOf = (release: Release) => join(release.directory, 'assembly', name);
  /** As a control plane has it. */
  const open = () => {
    const { account: id, region, endpoint, credentials, config } = account;
    const cloud = { kind: 'emulated' as const, account: id, region, deployer };
    const environment: Environment = { ...declared(name), cloud, protected: false, stacks: [data, web] };
    const administrator = { kind: 'emulated' as const, account: id, region, endpoint, credentials };
    const [formation, lambda] = [new CloudFormationClient(config), new LambdaClient(config)];
    const stackNamed = async (StackName: string) =>
      (await formation.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];
    const idsIn = async (StackName: string) => {
      const { StackResources = [] } = await formation.send(new DescribeStackResourcesCommand({ StackName }));
      return Object.fromEntries(StackResources.map((one) => [one.LogicalResourceId, one.PhysicalResourceId ?? '']));
    };
    return {
      environment,
      administrator,
      config,
      lambda,
      stackNamed,
      idsIn,
      cloud: testCloud(administrator, environment),
    };
  };
  let here: ReturnType<typeof open>;
  let first: Release;
  let second: Release;
  const cut = (pair: Pair) => pairRelease(join(root, 'releases'), here.environment, pair);
  const deploy = (release: Release, ...allowed: string[]) =>
    stacks.deploy(here.environment, here.cloud, directoryOf(release), release.digest, fence, allowed);
  const repair = async (release: Release) => {
    const todo = [here.environment, here.cloud, directoryOf(release), release.digest, fence] as const;
    const done = await stacks.recover(...todo);
    await stacks.deploy(...todo);
    return done;
  };
  /** A deploy, or a repair, by a process that dies once this stack has come to its end. */
  const killed = async (release: Release, how: { readonly diesAfter: string; readonly repairs?: boolean }) => {
    const { administrator, environment } = here;
    const task = { administrator, environment, fence, allowed: [], ...how };
    const told = JSON.stringify({ ...task, directory: directoryOf(release), release: release.digest });
    const child = fork(program, [told], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const [, signal] = await once(child, 'exit');
    expect(signal).toBe('SIGKILL');
  };
  const damage = () => stacks.presence(here.environment, here.cloud, { settings: true });
  const whole = { missing: [], changed: [], leftovers: [] };

  beforeAll(async () => {
    here = open();
    [first, second] = await Promise.all([cut({ note: 'first' }), cut({ note: 'second' })]);
    await stacks.bootstrap(here.environment, here.cloud, holdingsIn(pairTemplate(here.environment, { note: '' })));
    await deploy(first);
  });

  it('a kill -9 between their deployments leaves what is deployed, and the repeated step skips it and doubles nothing', async () => {
    const ids = [await here.idsIn(data), await here.idsIn(web)];
    await killed(second, { diesAfter: data });
    expect((await stacks.state(here.environment, here.cloud))?.release).toBe(first.digest);
    const half = await here.stackNamed(data);
    expect(half?.Parameters).toContainEqual({ ParameterKey: 'ReleaseDigest', ParameterValue: second.digest });

    events.length = 0;
    await deploy(second);
    expect(await here.stackNamed(data)).toEqual(half);
    expect(new Set(events.map(({ resource }) => resource.split('/')[0]))).toEqual(new Set([web]));
    expect([await here.idsIn(data), await here.idsIn(web)]).toEqual(ids);
    expect(await stacks.state(here.environment, here.cloud)).toMatchObject({ release: second.digest, wayOut: null });
    expect(await damage()).toEqual(whole);
  });

  it('an export that the other one imports is not taken away, and CloudFormation’s reason is told', async () => {
    const both = await cut({ note: 'both', uses: false, exports: false });
    await expect(deploy(both)).rejects.toMatchObject({
      code: 'infrastructure-failed',
      source: 'user',
      message: expect.stringMatching(
        new RegExp(`UPDATE_ROLLBACK_COMPLETE: .*Export ${data}:(Api|Arn) cannot be deleted as it is in use by ${web}`),
      ),
    });
    expect(await stacks.state(here.environment, here.cloud)).toMatchObject({ release: second.digest, wayOut: null });
    await deploy(await cut({ note: 'both', uses: false }));
    await deploy(both);
    await deploy(second);
  });

  it('what the other one imports is not replaced, whoever names it, and no stack changes', async () => {
    const renamed = await cut({ note: 'renamed', jobs: `${data}-jobs` });
    const before = [await here.stackNamed(data), await here.stackNamed(web)];
    for (const named of [[], [`${data}/Jobs`]])
      await expect(deploy(renamed, ...named)).rejects.toMatchObject({
        code: 'removal-unnamed',
        message: expect.stringMatching(
          new RegExp(
            `${data}/Jobs \\(AWS::SQS::Queue is replaced when QueueName changes, and ${web} imports it as it is deployed`,
          ),
        ),
        hint: expect.stringMatching(/^cut a release that keeps the export as it is and no longer imports it/),
      });
    expect([await here.stackNamed(data), await here.stackNamed(web)]).toEqual(before);
    await deploy(await cut({ note: 'second', uses: false }));
    await deploy(renamed, `${data}/Jobs`);
    await deploy(await cut({ note: 'renamed', jobs: `${data}-jobs`, uses: false }));
    await deploy(second, `${data}/Jobs`);
    expect(await damage()).toEqual(whole);
  });

  it('a permission of one on the other’s function that somebody deleted is named, and made again', async () => {
    const { Invoke = '' } = await here.idsIn(web);
    const { Live = '' } = await here.idsIn(data);
    const [FunctionName, Qualifier] = [Live.slice(0, Live.lastIndexOf(':')), 'live'];
    await here.lambda.send(new RemovePermissionCommand({ FunctionName, Qualifier, StatementId: Invoke }));
    expect((await damage()).missing.map(({ id }) => id)).toEqual([`${web}/Invoke`]);
    expect(await repair(second)).toEqual([`${web}: created again, deleted by hand: Invoke`]);
    expect(await damage()).toEqual(whole);
  });

  it('what somebody deleted is made again under another name, although another stack imports it, and that gets the new one', async () => {
    const { Inner = '' } = await here.idsIn(data);
    await deleteApi(here.config, Inner);
    expect((await damage()).missing.map(({ id }) => id)).toEqual([`${data}/Inner`]);
    expect(await repair(second)).toEqual([`${data}: created again, deleted by hand: Inner`]);
    const { Inner: made } = await here.idsIn(data);
    expect(made).not.toBe(Inner);
    const { Count = '' } = await here.idsIn(web);
    const { Environment } = await here.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: Count }));
    expect(Environment?.Variables?.INNER).toBe(made);
    expect(await damage()).toEqual(whole);
    const before = (await here.stackNamed(web))?.LastUpdatedTime;
    await repair(second);
    expect((await here.stackNamed(web))?.LastUpdatedTime).toEqual(before);
  });

  it('a kill -9 when the imports are freed and nothing is made again yet: what serves goes on, and the repeated step ends it', async () => {
    const { Inner = '' } = await here.idsIn(data);
    await deleteApi(here.config, Inner);
    await killed(second, { repairs: true, diesAfter: web });
    const told = async () => {
      const { Count = '' } = await here.idsIn(web);
      const { Environment } = await here.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: Count }));
      return Environment?.Variables?.INNER;
    };
    expect([(await here.idsIn(data)).Inner, await told()]).toEqual([Inner, Inner]);
    expect((await damage()).missing.map(({ id }) => id)).toEqual([`${data}/Inner`]);
    expect(await repair(second)).toEqual([`${data}: created again, deleted by hand: Inner`]);
    const { Inner: made } = await here.idsIn(data);
    expect(made).not.toBe(Inner);
    expect(await told()).toBe(made);
    expect(await damage()).toEqual(whole);
  });

  it('they go in the other order, those first that import', async () => {
    await stacks.destroy(here.environment, here.cloud);
    for (const one of [data, web]) await expect(here.stackNamed(one)).rejects.toThrow(/does not exist/);
  });
});
