import { asRecord, type Resource, textOf } from '../template.ts';
import { restRefusal } from './rest-refusal.ts';

/** What SoundBite does with what calls a function. */
export type TriggerVerdict = 'moves' | 'stays' | 'refused';

/** A way in which a function is called. */
export interface TriggerKind {
  /** As people name it. */
  readonly name: string;
  readonly verdict: TriggerVerdict;
  /** Why; one sentence. */
  readonly reason: string;
  /** Where it was shown to move, on emulated accounts; absent: nowhere, or there is nothing to move. */
  readonly shown?: string;
}

const asWhole = 'calls the function itself, so new code would answer it before the gates have passed';
const notYet = `${asWhole}; it is not moved to an alias yet`;
const heldBack =
  'is pointed at the alias, which it may call from the moment on when the first release is live: the control plane gives the permission';
const ownsItsPlace =
  'reads from a position that belongs to its mapping: nobody has shown yet that it can move without a lost or repeated record';
const beside = `is left as it is: it ${asWhole}`;

/** All kinds, by their key in documents. The table of docs/reference/triggers.md is made from it. */
export const triggerKinds = {
  'http-api': {
    name: 'HTTP API (API Gateway v2)',
    verdict: 'moves',
    reason: 'its integration is pointed at the alias; each request is answered by one version or the other',
    shown: '`apps/service`, `tests/services/greeter`',
  },
  'rest-api': {
    name: 'REST API (API Gateway v1)',
    verdict: 'moves',
    reason:
      'its methods are pointed at the alias, and its stage serves a deployment that is taken after that; each request is answered by one version or the other',
    shown: '`tests/services/notes`',
  },
  sqs: {
    name: 'SQS queue',
    verdict: 'moves',
    reason: 'its mapping is pointed at the alias; a message in flight stays with the version that took it',
    shown: '`apps/service`, `tests/services/ledger`',
  },
  'function-url': {
    name: 'function URL',
    verdict: 'moves',
    reason:
      'it becomes the URL of the alias, which has an address of its own: on AWS a URL that is live is replaced, and its address changes',
    shown: '`tests/services/hello`',
  },
  eventbridge: { name: 'EventBridge rule', verdict: 'moves', reason: heldBack, shown: '`tests/services/watch`' },
  schedule: {
    name: 'schedule (EventBridge rule)',
    verdict: 'moves',
    reason: heldBack,
    shown: '`tests/services/watch`',
  },
  sns: { name: 'SNS topic', verdict: 'moves', reason: heldBack, shown: '`tests/services/watch`' },
  scheduler: {
    name: 'schedule (EventBridge Scheduler)',
    verdict: 'refused',
    reason:
      'calls with a role of its own, which no permission of the function holds back until the first release is live; a rule of EventBridge with a schedule moves',
  },
  s3: {
    name: 'S3 notification',
    verdict: 'refused',
    reason:
      'has to be permitted to call when it is made, and so would call before the first release is live; S3 can notify a queue, a topic or EventBridge instead',
  },
  'dynamodb-stream': { name: 'DynamoDB stream', verdict: 'refused', reason: ownsItsPlace },
  kinesis: { name: 'Kinesis stream', verdict: 'refused', reason: ownsItsPlace },
  kafka: { name: 'Kafka topic (MSK or self-managed)', verdict: 'refused', reason: ownsItsPlace },
  'event-source': {
    name: 'event source mapping of another kind (Amazon MQ, DocumentDB, …)',
    verdict: 'refused',
    reason: notYet,
  },
  edge: {
    name: 'Lambda@Edge (CloudFront)',
    verdict: 'refused',
    reason: 'CloudFront runs copies of a numbered version in every region: an alias cannot take its traffic',
  },
  'state-machine': { name: 'Step Functions state machine', verdict: 'stays', reason: beside },
  authorizer: { name: 'API Gateway authorizer', verdict: 'stays', reason: beside },
  cognito: { name: 'Cognito user pool trigger', verdict: 'stays', reason: beside },
  logs: { name: 'CloudWatch Logs subscription', verdict: 'stays', reason: beside },
  function: { name: 'another function that names it', verdict: 'stays', reason: beside },
  other: { name: 'another resource that names the function', verdict: 'stays', reason: beside },
} as const satisfies Readonly<Record<string, TriggerKind>>;

export type TriggerKey = keyof typeof triggerKinds;

/** Kinds that the type of the resource decides. */
const byType: Readonly<Record<string, TriggerKey>> = {
  'AWS::ApiGatewayV2::Integration': 'http-api',
  'AWS::ApiGatewayV2::Authorizer': 'authorizer',
  'AWS::ApiGateway::Method': 'rest-api',
  'AWS::ApiGateway::RestApi': 'rest-api',
  'AWS::ApiGateway::Authorizer': 'authorizer',
  'AWS::Lambda::Function': 'function',
  'AWS::Lambda::Url': 'function-url',
  'AWS::Scheduler::Schedule': 'scheduler',
  'AWS::SNS::Subscription': 'sns',
  'AWS::SNS::Topic': 'sns',
  'AWS::S3::Bucket': 's3',
  'Custom::S3BucketNotifications': 's3',
  'AWS::StepFunctions::StateMachine': 'state-machine',
  'AWS::Cognito::UserPool': 'cognito',
  'AWS::Logs::SubscriptionFilter': 'logs',
  'AWS::CloudFront::Distribution': 'edge',
};

/** Why one resource is refused though others of its kind move; null: it moves as they do. */
export function refusalOf({ type, properties }: Resource): string | null {
  if (byType[type] === 'rest-api') return restRefusal(type, properties);
  if (type !== 'AWS::Lambda::Url') return null;
  if (properties.AuthType !== 'NONE')
    return 'wants signed requests (AuthType AWS_IAM), and who may sign them was granted for the function, not for an alias';
  if ((properties.InvokeMode ?? 'BUFFERED') !== 'BUFFERED')
    return 'streams its answers (InvokeMode RESPONSE_STREAM), and a version on trial is invoked, which gives no stream';
  return null;
}

/** Event sources by the type of the resource, and by the service that an ARN names. */
const sources: readonly (readonly [type: RegExp, service: RegExp, key: TriggerKey])[] = [
  [/^AWS::SQS::Queue$/, /^arn:[^:]+:sqs:/, 'sqs'],
  [/^AWS::DynamoDB::(?:Global)?Table$/, /^arn:[^:]+:dynamodb:/, 'dynamodb-stream'],
  [/^AWS::Kinesis::/, /^arn:[^:]+:kinesis:/, 'kinesis'],
  [/^AWS::MSK::/, /^arn:[^:]+:kafka:/, 'kafka'],
];

/** The kind of a resource that names a function. `sourceTypes`: the types of the resources that its event source leads to. */
export function triggerKindOf({ type, properties }: Resource, sourceTypes: readonly string[]): TriggerKey {
  if (type === 'AWS::Events::Rule') return properties.ScheduleExpression === undefined ? 'eventbridge' : 'schedule';
  if (type !== 'AWS::Lambda::EventSourceMapping') return byType[type] ?? 'other';
  if (Object.keys(asRecord(properties.SelfManagedEventSource)).length > 0) return 'kafka';
  const arn = textOf(properties.EventSourceArn);
  const found = sources.find(([of, service]) => sourceTypes.some((one) => of.test(one)) || service.test(arn));
  return found?.[2] ?? 'event-source';
}
