import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { awsNames, clientOptions } from '@soundbite/model';
import { expect, it } from 'vitest';
import { environment, type PromotionDocument, runningRelease, soundbite } from '../support/environments.ts';

const name = 'dev-aws';

/** What another database's control plane leaves in the account when it has acted there. */
async function actAs(owner: string): Promise<void> {
  const { variables } = (await soundbite('aws', name, '--json')).json<{ variables: Record<string, string> }>();
  const client = new DynamoDBClient(
    clientOptions({
      kind: 'emulated',
      account: '000000000002',
      region: variables.AWS_REGION ?? '',
      endpoint: variables.AWS_ENDPOINT_URL ?? '',
      credentials: {
        accessKeyId: variables.AWS_ACCESS_KEY_ID ?? '',
        secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? '',
      },
    }),
  );
  await client.send(
    new UpdateItemCommand({
      TableName: awsNames(name).fenceTable,
      Key: { pk: { S: 'controller' } },
      UpdateExpression: 'SET #owner = :owner',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: { ':owner': { S: owner } },
    }),
  );
  client.destroy();
}

it('an environment that another database has is promoted into only after a takeover, which touches nothing that runs', async () => {
  const before = await environment(name);
  await actAs('another installation');

  const refused = await soundbite('promote', name, '--json');
  expect(refused.code).toBe(3);
  expect(refused.json<PromotionDocument>()).toMatchObject({
    state: 'errored',
    reason: expect.stringMatching(/belongs to another database .*soundbite takeover dev-aws/),
  });
  expect((await soundbite('takeover', name, '--yes')).stderr).toContain('--reason is missing');

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
  expect(await environment(name)).toMatchObject({ state: 'healthy', release: before.release });
});
