import { strict as assert } from 'node:assert';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { type Check, eventually } from './check.ts';

export const alarms: Check = {
  correction: 'alarms',
  title: 'an alarm looks at its own dimensions, at M of N periods, at missing data, and by itself',
  failsWithout: /another dimension/,
  async holds(account) {
    const cloudwatch = new CloudWatchClient(account.config);
    const put = (place: string, value: number, secondsAgo: number) =>
      cloudwatch.send(
        new PutMetricDataCommand({
          Namespace: 'Checks',
          MetricData: [
            {
              MetricName: 'Errors',
              Dimensions: [{ Name: 'Place', Value: place }],
              Value: value,
              Timestamp: new Date(Date.now() - secondsAgo * 1_000),
            },
          ],
        }),
      );
    const alarm = (AlarmName: string, place: string, changes: Partial<PutMetricAlarmCommandInput> = {}) =>
      cloudwatch.send(
        new PutMetricAlarmCommand({
          AlarmName,
          Namespace: 'Checks',
          MetricName: 'Errors',
          Dimensions: [{ Name: 'Place', Value: place }],
          Statistic: 'Sum',
          Period: 60,
          EvaluationPeriods: 3,
          DatapointsToAlarm: 2,
          Threshold: 5,
          ComparisonOperator: 'GreaterThanThreshold',
          ...changes,
        }),
      );
    const state = async (name: string) =>
      (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }))).MetricAlarms?.[0]?.StateValue;

    // Sixty seconds apart, so in three periods one after the other, all complete, wherever the minute begins.
    await put('two-of-three', 9, 180);
    await put('two-of-three', 0, 120);
    await put('two-of-three', 9, 60);
    await put('one-of-three', 9, 60);
    await alarm('elsewhere', 'nowhere');
    assert.equal(await state('elsewhere'), 'INSUFFICIENT_DATA', 'data of another dimension');
    await alarm('two-of-three', 'two-of-three');
    assert.equal(await state('two-of-three'), 'ALARM');
    await alarm('one-of-three', 'one-of-three');
    assert.equal(await state('one-of-three'), 'OK');
    await alarm('quiet', 'nowhere', { TreatMissingData: 'notBreaching' });
    assert.equal(await state('quiet'), 'OK');
    await alarm('dead', 'nowhere', { TreatMissingData: 'breaching' });
    assert.equal(await state('dead'), 'ALARM');

    await put('now', 9, 0);
    await alarm('by-itself', 'now', { Period: 10, EvaluationPeriods: 1, DatapointsToAlarm: 1 });
    await eventually(
      'an alarm that nobody touches',
      async () => ((await state('by-itself')) === 'ALARM' ? true : undefined),
      20_000,
    );
  },
};
