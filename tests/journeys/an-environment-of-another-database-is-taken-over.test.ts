import { expect, it } from 'vitest';
import { holdFenceAs } from '../../packages/runtimes/src/aws/testing-fence.ts';
import { environmentStatus, type PromotionDocument, runningRelease, soundbite } from '../support/environments.ts';

const name = 'dev-aws';

/** What another database's control plane leaves in the account when it has acted there. */
async function actAs(owner: string): Promise<void> {
  const { variables } = (await soundbite('aws', name, '--json')).json<{ variables: Record<string, string> }>();
  const of = (variable: string): string => variables[variable] ?? '';
  await holdFenceAs(owner, name, {
    kind: 'emulated',
    account: '000000000002',
    region: of('AWS_REGION'),
    endpoint: of('AWS_ENDPOINT_URL'),
    credentials: { accessKeyId: of('AWS_ACCESS_KEY_ID'), secretAccessKey: of('AWS_SECRET_ACCESS_KEY') },
  });
}

it('an environment that another database has is promoted into only after a takeover, which touches nothing that runs', async () => {
  const before = await environmentStatus(name);
  await actAs('another installation');

  const refused = await soundbite('promote', name, '--json');
  expect(refused.code).toBe(3);
  expect(refused.json<PromotionDocument>()).toMatchObject({
    state: 'errored',
    reason: expect.stringMatching(/belongs to another database .*soundbite takeover dev-aws/),
  });
  expect((await soundbite('takeover', name, '--yes')).stderr).toContain('--reason is required');

  const order = ['takeover', name, '--yes', '--reason', 'its database is gone', '--json'];
  const taken = await soundbite(...order);
  expect(taken.code, taken.stderr).toBe(0);
  expect(taken.json()).toMatchObject({
    environment: name,
    changed: true,
    from: 'another installation',
    live: before.release,
  });
  expect(await runningRelease(before.url)).toBe(before.release);
  expect((await soundbite(...order)).json()).toMatchObject({ changed: false, live: before.release });

  const { promotions } = (await soundbite('history', name, '--limit', '1', '--json')).json<{
    promotions: readonly { state: string; reason: string }[];
  }>();
  expect(promotions).toMatchObject([
    { state: 'succeeded', reason: 'taken over from installation another installation' },
  ]);
  const promoted = await soundbite('promote', name, '--json');
  expect(promoted.code, promoted.stderr).toBe(0);
  expect(await environmentStatus(name)).toMatchObject({ state: 'healthy', release: before.release });
});
