import { App, Duration, NestedStack, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { AttributeType, type ITable, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Stream } from 'aws-cdk-lib/aws-kinesis';
import {
  Alias,
  Code,
  DockerImageCode,
  DockerImageFunction,
  type IVersion,
  Function as Lambda,
  Runtime,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, KinesisEventSource, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';

/** CDK apps of other teams, as differently made as they are: what `soundbite inspect` says of each is held in tests/parts/inspected-apps.test.ts. */

const javascript = (stack: Stack, id: string, more: { vpc?: ReturnType<typeof Vpc.fromLookup> } = {}) =>
  new Lambda(stack, id, {
    code: Code.fromInline('exports.handler = async () => ({ statusCode: 200 })'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_22_X,
    ...more,
  });

/** One function in the VPC that the account happens to have, behind an HTTP API. */
export function vpcLookup(outdir: string): void {
  const app = new App({ outdir });
  const stack = new Stack(app, 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });
  const shop = javascript(stack, 'Shop', { vpc: Vpc.fromLookup(stack, 'Vpc', { vpcName: 'main' }) });
  new HttpApi(stack, 'Api', { defaultIntegration: new HttpLambdaIntegration('Shop', shop) });
  app.synth();
}

/** A queue's consumer, delivered by CodeDeploy until now. */
export function codeDeploy(outdir: string): void {
  const app = new App({ outdir });
  const stack = new Stack(app, 'Mailer');
  const mailer = javascript(stack, 'Mailer');
  const alias = new Alias(stack, 'Live', { aliasName: 'prod', version: mailer.currentVersion as IVersion });
  alias.addEventSource(new SqsEventSource(new Queue(stack, 'Mails')));
  new LambdaDeploymentGroup(stack, 'Deployment', { alias });
  app.synth();
}

/** Two stacks: data with streams, and three functions that a state machine, two streams, a queue and a clock call. */
export function machineAndStreams(outdir: string): void {
  const app = new App({ outdir });
  const data = new Stack(app, 'OrdersData');
  const partitionKey = { name: 'id', type: AttributeType.STRING };
  const table = new Table(data, 'Orders', { partitionKey, stream: StreamViewType.NEW_IMAGE });
  const clicks = new Stream(data, 'Clicks');
  const queue = new Queue(data, 'Queue');
  const work = new Stack(app, 'OrdersWork');
  const startingPosition = StartingPosition.LATEST;
  const index = javascript(work, 'Index');
  index.addEventSource(new DynamoEventSource(table as ITable, { startingPosition }));
  index.addEventSource(new KinesisEventSource(clicks, { startingPosition }));
  const charge = javascript(work, 'Charge');
  charge.addEventSource(new SqsEventSource(queue));
  new StateMachine(work, 'Order', {
    definitionBody: DefinitionBody.fromChainable(new LambdaInvoke(work, 'Step', { lambdaFunction: charge })),
  });
  const sweep = javascript(work, 'Sweep');
  new Rule(work, 'Nightly', { schedule: Schedule.rate(Duration.days(1)), targets: [new LambdaFunction(sweep)] });
  app.synth();
}

/** A container image beside a Python function, a bucket that empties itself, and a nested stack. */
export function images(outdir: string): void {
  const app = new App({ outdir });
  const stack = new Stack(app, 'Photos');
  const code = DockerImageCode.fromEcr(Repository.fromRepositoryName(stack, 'Repository', 'photos'));
  new DockerImageFunction(stack, 'Resize', { code });
  const tag = new Lambda(stack, 'Tag', {
    code: Code.fromInline('def handler(event, context): return {}'),
    handler: 'index.handler',
    runtime: Runtime.PYTHON_3_13,
  });
  tag.addEventSource(new SqsEventSource(new Queue(stack, 'Uploads')));
  new Bucket(stack, 'Store', { autoDeleteObjects: true, removalPolicy: RemovalPolicy.DESTROY });
  new Queue(new NestedStack(stack, 'Inner'), 'Queue');
  app.synth();
}

/** What `cdk init app --language typescript` leaves: a stack with nothing in it. */
export function plainInit(outdir: string): void {
  const app = new App({ outdir });
  new Stack(app, 'HelloStack');
  app.synth();
}
