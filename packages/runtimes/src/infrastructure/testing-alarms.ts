import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';

/** Makes and rings alarms, for tests of who reads them. */
export function alarmHands(config: CloudWatchClientConfig) {
  const cloudwatch = new CloudWatchClient(config);
  const usual = { Namespace: 'Shop', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 1 } as const;
  return {
    /** One on a metric without data: it keeps the state that somebody sets. */
    put: (AlarmName: string) =>
      cloudwatch.send(
        new PutMetricAlarmCommand({
          ...{ ...usual, AlarmName, MetricName: AlarmName, TreatMissingData: 'ignore' },
          ComparisonOperator: 'GreaterThanThreshold',
        }),
      ),
    set: (AlarmName: string, StateValue: 'OK' | 'ALARM') =>
      cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'a test' })),
    /** One that rings while the other one does. */
    over: (AlarmName: string, other: string) =>
      cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName, AlarmRule: `ALARM("${other}")` })),
    end: () => cloudwatch.destroy(),
  };
}
