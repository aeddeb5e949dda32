import { strict as assert } from 'node:assert';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { AddPermissionCommand, CreateAliasCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { TestAccount } from '../test-account.ts';
import { createFunction, publishVersion } from '../test-functions.ts';
import { deployStack } from '../test-stacks.ts';
import { type Check, eventually } from './check.ts';

const source = `export const handler = async (event) => console.log('called with', JSON.stringify(event));`;

export const permittedCallers: Check = {
  correction: 'permitted_callers',
  title: 'a rule and a topic call an alias only if its policy permits that rule and that topic',
  failsWithout: /told-too-early/,
  async holds(account) {
    const lambda = new LambdaClient(account.config);
    await createFunction(account, 'called', source);
    await publishVersion(account, 'called');
    await lambda.send(new CreateAliasCommand({ FunctionName: 'called', Name: 'live', FunctionVersion: '1' }));
    const { tell, rule, topic } = await callersOf(account, 'called');
    const permit = (Qualifier: string | undefined, Principal: string, SourceArn: string) =>
      lambda.send(
        new AddPermissionCommand({
          ...{ FunctionName: 'called', Qualifier, Principal, SourceArn, Action: 'lambda:InvokeFunction' },
          StatementId: `${Principal.split('.')[0]}-${Qualifier ?? 'itself'}-${SourceArn.length}`,
        }),
      );
    // None of these is one for the alias and the rule or topic.
    await permit(undefined, 'events.amazonaws.com', rule);
    await permit('live', 'events.amazonaws.com', `${rule}-other`);
    await permit('live', 'sns.amazonaws.com', `${topic}-other`);
    await tell('told-too-early');
    await permit('live', 'events.amazonaws.com', rule);
    await permit('live', 'sns.amazonaws.com', topic);
    await tell('told-in-time');
    const logged = await eventually('both calls', async () => {
      const all = await logOf(account, 'called');
      return all.filter((line) => line.includes('told-in-time')).length >= 2 ? all.join('\n') : undefined;
    });
    assert.doesNotMatch(logged, /told-too-early/);
  },
};

/** A rule and a topic that call an alias `live`, and what tells both of them something. */
async function callersOf(account: TestAccount, name: string) {
  const events = new EventBridgeClient(account.config);
  const alias = `arn:aws:lambda:${account.region}:${account.account}:function:${name}:live`;
  const EventPattern = JSON.stringify({ source: [name] });
  const { RuleArn: rule = '' } = await events.send(new PutRuleCommand({ Name: name, EventPattern }));
  await events.send(new PutTargetsCommand({ Rule: name, Targets: [{ Id: 'a', Arn: alias }] }));
  const Subscription = [{ Protocol: 'lambda', Endpoint: alias }];
  await deployStack(account, name, {
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: name, Subscription } },
  });
  const topic = `arn:aws:sns:${account.region}:${account.account}:${name}`;
  await events.send(new PutRuleCommand({ Name: `${name}-by-topic`, EventPattern }));
  await events.send(new PutTargetsCommand({ Rule: `${name}-by-topic`, Targets: [{ Id: 'a', Arn: topic }] }));
  const tell = async (what: string) => {
    const Detail = JSON.stringify({ what });
    await events.send(new PutEventsCommand({ Entries: [{ Source: name, DetailType: 'x', Detail }] }));
  };
  return { tell, rule, topic };
}

async function logOf(account: TestAccount, name: string): Promise<readonly string[]> {
  const logs = new CloudWatchLogsClient(account.config);
  const { events = [] } = await logs
    .send(new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${name}` }))
    .catch((error: Error) => {
      // A function that never ran has no group.
      if (error.name === 'ResourceNotFoundException') return { events: [] };
      throw error;
    });
  return events.map(({ message = '' }) => message);
}
