import { Aws, Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Compute, LogGroups } from './compute.ts';
import { type Data, removal } from './data.ts';
import type { CloudKind } from './emulated.ts';
import { Concern, type EnvironmentStack } from './stack.ts';

/** What an alarm watches, and above which value it rings. All look at five-minute periods, absent data is not an alarm. */
interface Watch {
  readonly id: string;
  readonly name: string;
  readonly why: string;
  readonly metric: IMetric;
  readonly above: number;
  /** Periods in a row. */
  readonly periods: number;
}

const period = Duration.minutes(5);
/** Seconds that a job may wait: ten times the promised 1.5 s would be noise, five minutes is a queue that does not move. */
const oldestJobSeconds = 300;
/** The promise of the API: p95 of an answer, in ms. */
const apiP95Ms = 1500;

/** Log groups of the functions and of the API's access log. Logs go when the soundbites they speak of have gone. */
export function logGroups(stack: EnvironmentStack): LogGroups {
  const scope = new Concern(stack, 'Logs');
  const group = (id: string, logGroupName: string) =>
    new LogGroup(scope, id, {
      logGroupName,
      retention: logRetention(stack.declared.settings.retentionDays),
      removalPolicy: removal(stack),
    });
  return {
    api: group('ApiLogs', stack.names.apiLogGroup),
    worker: group('WorkerLogs', stack.names.workerLogGroup),
    access: group('AccessLogs', stack.names.accessLogGroup),
  };
}

/** The shortest retention that CloudWatch knows and that is no shorter than that of the soundbites. */
export function logRetention(days: number): RetentionDays {
  const known = Object.values(RetentionDays).filter((value): value is number => typeof value === 'number');
  return known.filter((value) => value >= days).toSorted((a, b) => a - b)[0] ?? RetentionDays.INFINITE;
}

/** Alarms to one topic, and a dashboard of the same metrics. */
export function observability(
  stack: EnvironmentStack,
  data: Data,
  deployed?: { readonly service: Compute; readonly cloud: CloudKind },
): void {
  const scope = new Concern(stack, 'Observability');
  const topic = alarmTopic(scope, stack);
  const watches = [...queueWatches(data), ...(deployed ? serviceWatches(deployed.service) : [])];
  const alarms = watches.map((watch) => alarm(scope, stack, topic, watch));
  deployed?.cloud.anyOf(
    scope,
    `${stack.names.alarmPrefix}any`,
    alarms.map(({ alarmName }) => alarmName),
    topic.topicArn,
  );
  new Dashboard(scope, 'Dashboard', {
    dashboardName: stack.names.dashboard,
    widgets: [watches.map(({ name, metric }) => new GraphWidget({ title: name, left: [metric], width: 8 }))],
  });
}

function queueWatches({ queue, deadLetters }: Data): Watch[] {
  return [
    {
      id: 'QueueAgeAlarm',
      name: 'queue-age',
      why: 'The oldest job waits too long: no worker takes jobs, or they do not keep up',
      metric: queue.metricApproximateAgeOfOldestMessage({ period, statistic: 'Maximum' }),
      above: oldestJobSeconds,
      periods: 2,
    },
    {
      id: 'DeadLettersAlarm',
      name: 'dead-letters',
      why: 'A soundbite failed for good; its message is in the dead-letter queue',
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
      above: 0,
      periods: 1,
    },
  ];
}

function serviceWatches({ api, worker, apiId }: Compute): Watch[] {
  const ofApi = (metricName: string, statistic: string) =>
    new Metric({ namespace: 'AWS/ApiGateway', metricName, dimensionsMap: { ApiId: apiId }, period, statistic });
  return [
    {
      id: 'ApiServerErrorsAlarm',
      name: 'api-server-errors',
      why: 'The API answered with server errors',
      metric: ofApi('5xx', 'Sum'),
      above: 5,
      periods: 1,
    },
    {
      id: 'ApiLatencyAlarm',
      name: 'api-p95',
      why: 'The API answers slower than promised',
      metric: ofApi('Latency', 'p95'),
      above: apiP95Ms,
      periods: 3,
    },
    {
      id: 'ApiErrorsAlarm',
      name: 'api-function-errors',
      why: 'The API function crashed or ran out of time',
      metric: api.metricErrors({ period }),
      above: 0,
      periods: 1,
    },
    {
      id: 'WorkerErrorsAlarm',
      name: 'worker-function-errors',
      why: 'The worker function crashed or ran out of time',
      metric: worker.metricErrors({ period }),
      above: 0,
      periods: 1,
    },
    {
      id: 'ThrottlesAlarm',
      name: 'api-throttles',
      why: "The account's concurrency does not suffice",
      metric: api.metricThrottles({ period }),
      above: 0,
      periods: 1,
    },
  ];
}

function alarm(scope: Concern, stack: EnvironmentStack, topic: Topic, watch: Watch): Alarm {
  const made = new Alarm(scope, watch.id, {
    alarmName: `${stack.names.alarmPrefix}${watch.name}`,
    alarmDescription: watch.why,
    metric: watch.metric,
    threshold: watch.above,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: watch.periods,
    // Said, so that CloudFormation sees it when somebody switches them off.
    actionsEnabled: true,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  made.addAlarmAction(new SnsAction(topic));
  made.addOkAction(new SnsAction(topic));
  return made;
}

/**
 * Not encrypted by a key: CloudWatch cannot publish to a topic under the key that AWS manages, and what it carries are
 * names of alarms. A topic policy replaces the default one, so it must also say who may publish.
 */
function alarmTopic(scope: Concern, stack: EnvironmentStack): Topic {
  const topic = new Topic(scope, 'AlarmTopic', { topicName: stack.names.alarmTopic, enforceSSL: true });
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  return topic;
}
