import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { AdoptionResult, ReleaseList } from '@soundbite/client';
import { loopbackOptions, stackParameters } from '@soundbite/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killControlPlane } from '../support/control-plane-kill.ts';
import type { PromotionDocument } from '../support/environments.ts';
import { type GuideCommands, guideCommands } from '../support/guide-commands.ts';
import { failures, pollingClient } from '../support/polling-client.ts';
import { type ServiceStage, serviceStage } from '../support/service-stage.ts';

const stacks = ['OrdersData', 'OrdersApi', 'OrdersWeb'];

/** The report's function is delivered by CodeDeploy. Emulated accounts have its resources, and not CodeDeploy itself. */
const codeDeployImport = "import { LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';";
const deployedByCodeDeploy = `const reporting = new Alias(compute, 'Reporting', { aliasName: 'reporting', version: report.currentVersion });
new LambdaDeploymentGroup(compute, 'Deployment', { alias: reporting });`;

/** A rule that is in another stack than the function that it calls. */
const ruleElsewhere =
  "new Rule(web, 'Yearly', { schedule: Schedule.rate(Duration.days(365)), targets: [new LambdaFunction(store)] });";

describe('stacks that cdk deploy made, with data and users', () => {
  let stage: ServiceStage;
  let guide: GuideCommands;
  let url: string;
  let adopted: string;
  let client: undefined | ReturnType<typeof pollingClient>;
  const sent: string[] = [];
  beforeAll(async () => {
    stage = await serviceStage('orders');
    await stage.service.change(
      'service.yaml',
      'stacks: [OrdersData, { stack: OrdersApi, name: "orders-{environment}" }, OrdersWeb]',
      `stacks: [${stacks.map((name) => `{ stack: ${name}, name: ${name} }`).join(', ')}]`,
    );
    await stage.service.change('infra/app.ts', 'import { Alias } from', `${codeDeployImport}\nimport { Alias } from`);
    await stage.service.change('infra/app.ts', 'new Rule(compute', `${deployedByCodeDeploy}\nnew Rule(compute`);
    await stage.service.change('infra/app.ts', 'const integration', `${ruleElsewhere}\nconst integration`);
    await stage.soundbite(0, 'up', '--no-promote');
    guide = guideCommands('guides/adopt-a-live-stack.md', stage, 'test');
    await guide.give('eval "$(soundbite aws production)"');
    await guide.give('npx cdk bootstrap');
    await guide.give(deploy);
    url = await address();
  });
  afterAll(async () => {
    await client?.stop();
    await stage?.remove();
  });
  const deploy = 'npx cdk deploy --all';
  const adopt = 'soundbite adopt production';
  const handback = 'soundbite handback production';
  const aws = <T>(...args: string[]) => stage.aws<T>('test', ...args);
  const members = async () => {
    const all = await Promise.all(
      stacks.map((name) =>
        aws<{ StackResources: { LogicalResourceId: string; PhysicalResourceId: string }[] }>(
          ...['cloudformation', 'describe-stack-resources', '--stack-name', name],
        ),
      ),
    );
    return new Map(
      all.flatMap(({ StackResources }) =>
        StackResources.map((one) => [one.LogicalResourceId, one.PhysicalResourceId] as const),
      ),
    );
  };
  /** Says at once, without a program to start, which stacks say a release. */
  const adoptedStacks = async () => {
    const { variables } = await stage.soundbite<{ variables: Record<string, string> }>(0, 'aws', 'test');
    const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_REGION = '', AWS_ENDPOINT_URL = '' } = variables;
    const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
    const client = new CloudFormationClient({
      ...loopbackOptions,
      ...{ region: AWS_REGION, endpoint: AWS_ENDPOINT_URL, credentials },
    });
    return async () => {
      const { Stacks = [] } = await client.send(new DescribeStacksCommand({}));
      const says = ({ Parameters = [] }: (typeof Stacks)[number]) =>
        Parameters.some(({ ParameterKey }) => ParameterKey === stackParameters.releaseDigest);
      const names = Stacks.filter(says).map(({ StackName }) => StackName ?? '');
      return stacks.filter((name) => names.includes(name));
    };
  };
  const versionsOf = async (id: string) => {
    const name = (await members()).get(id) ?? '';
    const { Versions } = await aws<{ Versions: { Version: string }[] }>(
      ...['lambda', 'list-versions-by-function', '--function-name', name],
    );
    return Versions.map(({ Version }) => Version);
  };
  /** Whether the rule of the other stack has the alias as its target, and may call it. */
  const ruleCalls = async () => {
    const all = await members();
    const physical = (id: string) => [...all].find(([one]) => one.startsWith(id))?.[1] ?? '';
    const [rule, name] = [physical('Yearly'), physical('Store1D2A845B')];
    const { Targets } = await aws<{ Targets: { Arn: string }[] }>('events', 'list-targets-by-rule', '--rule', rule);
    const { Policy } = await aws<{ Policy: string }>(
      ...['lambda', 'get-policy', '--function-name', name, '--qualifier', 'live'],
    );
    return Targets.every(({ Arn }) => Arn.endsWith(`:${name}:live`)) && Policy.includes(`:rule/${rule}`);
  };
  /** The aliases that a deployment gives to CodeDeploy, by the names of their constructs. */
  const updatePolicies = async () => {
    const { TemplateBody } = await aws<{ TemplateBody: { Resources: Record<string, { UpdatePolicy?: object }> } }>(
      ...['cloudformation', 'get-template', '--stack-name', 'OrdersApi'],
    );
    return Object.entries(TemplateBody.Resources).flatMap(([id, one]) => (one.UpdatePolicy ? [id.slice(0, -8)] : []));
  };
  /** Of the API itself: the environment's own address is there once it is adopted. */
  const address = async () => {
    const { Items } = await aws<{ Items: { ApiId: string }[] }>('apigatewayv2', 'get-apis');
    const { variables } = await stage.soundbite<{ variables: { AWS_ENDPOINT_URL: string } }>(0, 'aws', 'test');
    return `${variables.AWS_ENDPOINT_URL}/_aws/execute-api/${Items[0]?.ApiId}/$default`;
  };
  const place = async (cents: number) => {
    const answer = await fetch(`${url}/orders`, {
      method: 'POST',
      body: JSON.stringify({ cents }),
      // On a connection of its own: one that rested may be closed by the server just then, and fetch repeats no POST.
      headers: { connection: 'close' },
    });
    const { id } = (await answer.json()) as { id: string };
    sent.push(id);
    return answer.status;
  };
  /** Orders that the worker has not stored yet. */
  const waiting = async () => {
    for (const id of [...sent]) {
      const { status } = await fetch(`${url}/orders/${id}`);
      if (status !== 200) break;
      sent.shift();
    }
    return sent.length;
  };
  const allStored = () => expect.poll(waiting, { timeout: 60_000, interval: 500 }).toBe(0);
  /** Orders come in while something is done. */
  const whileOrdering = async <T>(act: () => Promise<T>): Promise<T> => {
    let isOver = false;
    const statuses: number[] = [];
    const ordering = (async () => {
      while (!isOver) {
        statuses.push(await place(statuses.length + 1));
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    })();
    try {
      return await act();
    } finally {
      isOver = true;
      await ordering;
      expect(statuses.filter((status) => status !== 202)).toEqual([]);
    }
  };
  const take = 'functions/take.ts';

  it('are refused to an ordinary promotion: their users would get a release before its gates', async () => {
    await place(1);
    await stage.cut();
    const promotion = await stage.soundbite<PromotionDocument>(1, 'promote', 'test');
    expect(promotion).toMatchObject({ state: 'failed', reason: expect.stringContaining('soundbite adopt test') });
  });

  it('are not adopted while somebody has changed them past CloudFormation: a release is sealed from what they say', async () => {
    const name = (await members()).get('Store1D2A845B') ?? '';
    const timeout = (seconds: string) =>
      aws('lambda', 'update-function-configuration', '--function-name', name, '--timeout', seconds);
    await timeout('9');
    const refused = await guide.give<PromotionDocument>(adopt, 1);
    expect(refused).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/^adopt: what stands is not what its stacks say: .*Store1D2A845B: .*Timeout/),
    });
    await timeout('10');
    const { TemplateBody } = await aws<{
      TemplateBody: { Resources: Record<string, { Properties: { Code: { S3Key: string } } }> };
    }>('cloudformation', 'get-template', '--stack-name', 'OrdersApi');
    const keyOf = (id: string) => TemplateBody.Resources[id]?.Properties.Code.S3Key ?? '';
    const bucket = 'cdk-hnb659fds-assets-000000000001-eu-central-1';
    const codeOf = (id: string) =>
      aws('lambda', 'update-function-code', '--function-name', name, '--s3-bucket', bucket, '--s3-key', keyOf(id));
    await codeOf('ReportC847FC22');
    const other = await guide.give<PromotionDocument>(adopt, 3);
    expect(other).toMatchObject({
      state: 'errored',
      reason: expect.stringMatching(/^adopt: the code of .* is not what its stack names/),
    });
    expect(await stage.environment('test')).toMatchObject({ state: 'empty' });
    await codeOf('Store1D2A845B');
  });

  /** An adoption whose control plane is killed when the first of its stacks is adopted, and again when all are and nothing is pointed at an alias yet. */
  const adoptKilled = async () => {
    const told = await adoptedStacks();
    const [promotion] = await Promise.all([
      guide.give<PromotionDocument>(adopt),
      (async () => {
        await expect.poll(told, { timeout: 120_000, interval: 20 }).toEqual(stacks.slice(0, 1));
        const first = await killControlPlane(stage.home);
        expect(await told()).toEqual(stacks.slice(0, 1));
        await expect.poll(told, { timeout: 120_000, interval: 20 }).toEqual(stacks);
        await expect.poll(() => killControlPlane(stage.home, first), { timeout: 20_000, interval: 20 }).not.toBeNull();
      })(),
    ]);
    return promotion;
  };

  it('are adopted, though the control plane is killed twice: nothing is replaced, no request fails, no order is lost, and what was live is the first release', async () => {
    const before = await members();
    const plan = await guide.give<AdoptionResult>(`${adopt} --plan`);
    expect(plan).toMatchObject({ stacks, removals: [], begun: false });
    expect(await members()).toEqual(before);
    client = pollingClient(url, 50, '/health');
    expect(await versionsOf('Store1D2A845B')).toEqual(['$LATEST']);
    const own = await versionsOf('TakeAAA5D174');
    const promotion = await whileOrdering(adoptKilled);
    expect(promotion).toMatchObject({ state: 'succeeded', previous: null, release: plan.release });
    adopted = plan.release;
    const { releases } = await stage.soundbite<ReleaseList>(0, 'release', 'list');
    expect(releases.find(({ release }) => release === adopted)).toMatchObject({ adopted: 'test' });
    const after = await members();
    const gone = [...before].filter(([id, physical]) => after.get(id) !== physical).map(([id]) => id);
    // It leaves the stack and stays in the account: the alias stands on it.
    expect(gone.sort()).toEqual([
      expect.stringContaining('ReportCurrentVersion'),
      expect.stringContaining('TakeCurrentVersion'),
    ]);
    // The application, the group and its role.
    expect([...after.keys()].filter((id) => /^Deployment[A-Z\d]/.test(id))).toHaveLength(3);
    expect(await updatePolicies()).toEqual([]);
    expect(await stage.environment('test')).toMatchObject({ state: 'healthy', release: adopted });
    expect(await stage.soundbite(0, 'validate', 'test')).toMatchObject({ ok: true });
    // What was begun twice made one version of what had none, and no other one.
    expect(await versionsOf('Store1D2A845B')).toEqual(['$LATEST', '1']);
    expect(await versionsOf('TakeAAA5D174')).toEqual(own);
    await allStored();
    expect(failures(client.answers)).toEqual([]);
    // On a busy machine the control plane takes its time to come back, twice.
  }, 600_000);

  it('refuse a second adoption, and a promotion of what was adopted changes nothing', async () => {
    expect(await stage.soundbite(2, 'adopt', 'test', '--plan')).toMatchObject({ error: { code: 'adoption-refused' } });
    expect(await stage.soundbite(0, 'promote', 'test', '--release', adopted)).toMatchObject({ state: 'succeeded' });
  });

  it('take releases as any other environment: a bad one is stopped, a good one is live, and what was adopted is the way back', async () => {
    await stage.service.change(take, 'return answer(400,', 'return answer(200,');
    await stage.cut();
    const bad = await whileOrdering(() => stage.soundbite<PromotionDocument>(1, 'promote', 'test'));
    expect(bad).toMatchObject({ state: 'failed', reason: expect.stringMatching(/smoke: refuses: /) });
    await stage.service.change(take, 'return answer(200, { wrong', 'return answer(400, { why: 2, wrong');
    const release = await stage.cut();
    const good = await whileOrdering(() => stage.soundbite<PromotionDocument>(0, 'promote', 'test'));
    expect(good).toMatchObject({ state: 'succeeded', release, previous: adopted });
    const back = await whileOrdering(() => stage.soundbite<PromotionDocument>(0, 'rollback', 'test'));
    expect(back).toMatchObject({ state: 'succeeded', release: adopted, previous: release });
    await stage.soundbite(0, 'promote', 'test');
    await allStored();
  });

  it('are handed back as they serve, and cdk deploy works again', async () => {
    const before = await members();
    const own = (await stage.environment('test'))?.url;
    const ownStatus = async () => (await fetch(`${own}/health`)).status;
    expect(await ownStatus()).toBe(200);
    await whileOrdering(() => guide.give(handback));
    expect(await stage.environment('test')).toMatchObject({ state: 'empty', release: null });
    expect(await ownStatus()).toBe(503);
    await stage.service.change(take, 'why: 2', 'why: 3');
    await stage.service.change(
      'functions/report.ts',
      'orders: Items.length, cents })',
      'cents, orders: Items.length })',
    );
    await whileOrdering(() => guide.give(deploy));
    const answer = await fetch(`${url}/orders`, { method: 'POST', body: JSON.stringify({ cents: 'many' }) });
    expect(await answer.json()).toEqual({ why: 3, wrong: 'cents' });
    const after = await members();
    for (const id of ['OrdersA9B65338', 'PlacedD9956B27', 'Http36EFD62B', 'TakeAAA5D174', 'Prod7A5F3219'])
      expect(after.get(id)).toBe(before.get(id));
    // The next deployments are CodeDeploy's again.
    expect(await updatePolicies()).toEqual(['Reporting']);
    await allStored();
  });

  it('are adopted once more', async () => {
    const again = await whileOrdering(() => guide.give<PromotionDocument>(adopt));
    expect(again).toMatchObject({ state: 'succeeded', previous: null });
    expect((await fetch(`${(await stage.environment('test'))?.url}/health`)).status).toBe(200);
    await allStored();
    expect(failures((await client?.stop()) ?? [])).toEqual([]);
  });

  it('are adopted at once after they were handed back', async () => {
    await guide.give(handback);
    const { release } = await guide.give<PromotionDocument>(adopt);
    expect(await stage.environment('test')).toMatchObject({ state: 'healthy', release, adopted: stacks, findings: [] });
    expect(await ruleCalls()).toBe(true);
  });

  it('take a release of the source then without a permission that anybody has to name, and their rules call as before', async () => {
    await stage.service.change(take, 'why: 3', 'why: 4');
    const release = await stage.cut();
    expect(await stage.soundbite<PromotionDocument>(0, 'promote', 'test')).toMatchObject({
      state: 'succeeded',
      release,
    });
    expect(await stage.environment('test')).toMatchObject({ state: 'healthy', release, adopted: null, findings: [] });
    expect(await ruleCalls()).toBe(true);
  });

  it('were taken over by every command of the guide', () => {
    expect(guide.left()).toEqual([]);
  });
});
