import type { Plan } from '@soundbite/client';
import { describe, expect, it } from 'vitest';
import { itemsIn } from '../../packages/runtimes/src/testing-account.ts';
import { orders } from '../support/described/orders.ts';
import { json } from '../support/described/service.ts';
import type { PromotionDocument } from '../support/environments.ts';
import { serviceJourney, stageOf } from '../support/service-journey.ts';

describe(orders.is, () => {
  const on = stageOf(orders);

  /** The queue of orders, in its stack in `test`. */
  const placed = async () => {
    const { StackResources } = await on().aws<{
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

  serviceJourney(orders, on);

  it('has no orders but those of users: its smokes place one in each rehearsal, which leaves no trace', async () => {
    const stored = await itemsIn(await on().account('test'), 'Orders');
    expect(new Set(stored.map(({ cents }) => cents))).toEqual(new Set(['125']));
  });

  it('refuses what is no order', async () => {
    const answer = await json(await on().place('live'), '/orders', { method: 'POST', body: '{}', wanted: 400 });
    expect(answer).toEqual({ wrong: 'cents' });
  });

  it('loses an export one release after its import, and the release that would take both away is refused before anything is touched', async () => {
    const [infra, use, queue] = [
      'infra/app.ts',
      "report.addEnvironment('REPORTS', reports.queueUrl);\n",
      "'Reports');\n",
    ];
    const before = await on().environment('test');
    const ofExport = { what: 'export', detail: expect.stringContaining('orders-test imports it as it is deployed') };
    await on().service.change(infra, use, '');
    await on().cut();
    const { removals } = await on().soundbite<Plan>(0, 'plan', 'test');
    expect(removals).toEqual([expect.objectContaining(ofExport)]);
    const named = ['--allow-removal', removals[0]?.id ?? ''];
    const refused = await on().soundbite<PromotionDocument>(1, 'promote', 'test', ...named);
    expect(refused).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/imports it as it is deployed.*cut a release that keeps the export/),
    });
    expect(await on().environment('test')).toEqual(before);

    const keep = 'data.exportValue(reports.queueUrl);\n';
    await on().service.change(infra, queue, `${queue}${keep}`);
    await on().cut();
    await on().soundbite(0, 'promote', 'test');
    await on().service.change(infra, keep, '');
    const last = await on().cut();
    expect((await on().soundbite<Plan>(0, 'plan', 'test')).removals).toEqual([]);
    await on().soundbite(0, 'promote', 'test');
    expect(await on().environment('test')).toMatchObject({ state: 'healthy', release: last });
  });

  it('names what somebody deleted or changed in any of its stacks, and repairs it', async () => {
    await on().aws('test', ...(await visibility('90')));
    const seen = await on().soundbite<{ findings: { name: string; detail: string }[] }>(1, 'validate', 'test');
    const changed = seen.findings.find(({ name }) => name === 'settings')?.detail;
    expect(changed).toContain(`soundbite-test-OrdersData/${(await placed()).LogicalResourceId}`);
    await on().soundbite(0, 'repair', 'test');
    await on().soundbite(0, 'validate', 'test');
  });

  it('is taken away whole, although somebody set a queue so that AWS refuses to switch its mapping', async () => {
    await on().aws('test', ...(await visibility('1')));
    await on().soundbite(0, 'destroy', 'test', '--yes');
    const { StackSummaries } = await on().aws<{ StackSummaries: { StackName: string; StackStatus: string }[] }>(
      'test',
      ...['cloudformation', 'list-stacks'],
    );
    const left = StackSummaries.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
    expect(left.map(({ StackName }) => StackName)).toEqual([]);
  });
});
