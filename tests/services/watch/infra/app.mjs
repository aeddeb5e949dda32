import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget, SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';

const stack = new Stack(new App(), 'Watch');
const notes = new Table(stack, 'Notes', {
  partitionKey: { name: 'what', type: AttributeType.STRING },
  sortKey: { name: 'by', type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
  removalPolicy: RemovalPolicy.DESTROY,
});
const note = new LambdaFunction(stack, 'Note', {
  runtime: Runtime.PYTHON_3_12,
  handler: 'note.handle',
  code: Code.fromAsset('src'),
  environment: { TABLE: notes.tableName },
  timeout: Duration.seconds(30),
});
notes.grantWriteData(note);
const topic = new Topic(stack, 'Alarms');
topic.addSubscription(new LambdaSubscription(note));
const eventPattern = { source: ['watch'] };
new Rule(stack, 'Seen', { eventPattern, targets: [new LambdaTarget(note)] });
new Rule(stack, 'SeenByTopic', { eventPattern, targets: [new SnsTopic(topic)] });
const event = RuleTargetInput.fromObject({ detail: { what: 'hour' }, source: 'clock' });
new Rule(stack, 'EachHour', {
  schedule: Schedule.rate(Duration.hours(1)),
  targets: [new LambdaTarget(note, { event })],
});
