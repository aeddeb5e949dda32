import type { Plan, Status } from '@soundbite/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PromotionDocument } from '../support/environments.ts';
import { type ServiceStage, serviceStage } from '../support/service-stage.ts';

describe('an app of three stacks in TypeScript, which import from one another, with three functions, of which one has an alias of its own and its API in another stack', () => {
  let stage: ServiceStage;
  let first: string;
  beforeAll(async () => {
    stage = await serviceStage('orders');
  });
  afterAll(() => stage?.remove());
  const ask = async (path: string, init?: RequestInit) => {
    const answer = await fetch(`${(await stage.environment('live'))?.url}${path}`, init);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const place = (cents: unknown) => ask('/orders', { method: 'POST', body: JSON.stringify({ cents }) });
  const take = 'functions/take.ts';
  /** Of each function, the version to which its alias leads. */
  const versions = async (name: string) => {
    const { Functions } = await stage.aws<{ Functions: { FunctionName: string }[] }>(name, 'lambda', 'list-functions');
    const of = async ({ FunctionName }: { FunctionName: string }) => {
      const [, id = FunctionName] = /(Take|Store|Report)/.exec(FunctionName) ?? [];
      // One of them has an alias of its own, which the app would move with each deployment.
      const alias = id === 'Take' ? 'prod' : 'live';
      const args = ['lambda', 'get-alias', '--function-name', FunctionName, '--name', alias];
      const { FunctionVersion } = await stage.aws<{ FunctionVersion: string }>(name, ...args);
      return [id, FunctionVersion] as const;
    };
    return Object.fromEntries(await Promise.all(Functions.map(of)));
  };

  /** The queue of orders, in its stack in `test`. */
  const placed = async () => {
    const { StackResources } = await stage.aws<{
      StackResources: { ResourceType: string; LogicalResourceId: string; PhysicalResourceId: string }[];
    }>('test', 'cloudformation', 'describe-stack-resources', '--stack-name', 'soundbite-test-OrdersData');
    const found = StackResources.find(
      ({ ResourceType, LogicalResourceId }) => ResourceType === 'AWS::SQS::Queue' && /^Placed/.test(LogicalResourceId),
    );
    return found ?? { LogicalResourceId: 'none', PhysicalResourceId: 'none' };
  };
  /** The command by which somebody sets its timeout. */
  const visibility = async (seconds: string) => [
    ...['sqs', 'set-queue-attributes', '--queue-url', (await placed()).PhysicalResourceId],
    ...['--attributes', `VisibilityTimeout=${seconds}`],
  ];

  it('comes up stack by stack in two accounts, and takes an order that its worker stores', async () => {
    const { environments } = await stage.soundbite<Status>(0, 'up');
    expect(environments.map(({ name, state }) => [name, state])).toEqual([
      ['test', 'healthy'],
      ['live', 'healthy'],
    ]);
    first = environments[0]?.release ?? '';
    const { status, body } = await place(250);
    expect(status).toBe(202);
    await expect
      .poll(() => ask(`/orders/${String(body.id)}`), { timeout: 30_000, interval: 500 })
      .toEqual({ status: 200, body: { id: body.id, cents: 250 } });
  });

  it('is stopped by its own smoke before users meet a bad release', async () => {
    await stage.service.change(take, 'return answer(400,', 'return answer(200,');
    await stage.cut();
    const promotion = await stage.soundbite<PromotionDocument>(1, 'promote', 'test');
    expect(promotion).toMatchObject({ state: 'failed', reason: expect.stringMatching(/smoke: refuses: /) });
    expect(await stage.environment('test')).toMatchObject({ state: 'healthy', release: first });
  });

  it('goes through both and back; a function that did not change keeps its version all the time', async () => {
    const before = await versions('live');
    await stage.service.change(take, 'return answer(200, { wrong', 'return answer(400, { why: 2, wrong');
    const release = await stage.cut();
    await stage.soundbite(0, 'promote', 'test', '--through', 'live');
    expect(await place('many')).toEqual({ status: 400, body: { why: 2, wrong: 'cents' } });
    const after = await versions('live');
    expect(after).toEqual({ ...before, Take: expect.not.stringMatching(new RegExp(`^${before.Take}$`)) });
    const back = await stage.soundbite<PromotionDocument>(0, 'rollback', 'live');
    expect(back).toMatchObject({ state: 'succeeded', release: first, previous: release });
    expect(await place('many')).toEqual({ status: 400, body: { wrong: 'cents' } });
    expect(await versions('live')).toEqual(before);
  });

  it('loses an export one release after its import, and the release that would take both away is refused before anything is touched', async () => {
    const [infra, use, queue] = [
      'infra/app.ts',
      "report.addEnvironment('REPORTS', reports.queueUrl);\n",
      "'Reports');\n",
    ];
    const before = await stage.environment('test');
    const ofExport = { what: 'export', detail: expect.stringContaining('orders-test imports it as it is deployed') };
    await stage.service.change(infra, use, '');
    await stage.cut();
    const { removals } = await stage.soundbite<Plan>(0, 'plan', 'test');
    expect(removals).toEqual([expect.objectContaining(ofExport)]);
    const named = ['--allow-removal', removals[0]?.id ?? ''];
    const refused = await stage.soundbite<PromotionDocument>(1, 'promote', 'test', ...named);
    expect(refused).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/imports it as it is deployed.*cut a release that keeps the export/),
    });
    expect(await stage.environment('test')).toEqual(before);

    const keep = 'data.exportValue(reports.queueUrl);\n';
    await stage.service.change(infra, queue, `${queue}${keep}`);
    await stage.cut();
    await stage.soundbite(0, 'promote', 'test');
    await stage.service.change(infra, keep, '');
    const last = await stage.cut();
    expect((await stage.soundbite<Plan>(0, 'plan', 'test')).removals).toEqual([]);
    await stage.soundbite(0, 'promote', 'test');
    expect(await stage.environment('test')).toMatchObject({ state: 'healthy', release: last });
  });

  it('names what somebody deleted or changed in any of its stacks, and repairs it', async () => {
    await stage.aws('test', ...(await visibility('90')));
    const seen = await stage.soundbite<{ findings: { name: string; detail: string }[] }>(1, 'validate', 'test');
    const changed = seen.findings.find(({ name }) => name === 'settings')?.detail;
    expect(changed).toContain(`soundbite-test-OrdersData/${(await placed()).LogicalResourceId}`);
    await stage.soundbite(0, 'repair', 'test');
    await stage.soundbite(0, 'validate', 'test');
  });

  it('is taken away whole, although somebody set a queue so that AWS refuses to switch its mapping', async () => {
    await stage.aws('test', ...(await visibility('1')));
    await stage.soundbite(0, 'destroy', 'test', '--yes');
    const { StackSummaries } = await stage.aws<{ StackSummaries: { StackName: string; StackStatus: string }[] }>(
      'test',
      ...['cloudformation', 'list-stacks'],
    );
    const left = StackSummaries.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
    expect(left.map(({ StackName }) => StackName)).toEqual([]);
  });
});
