import {
  type AlarmType,
  CloudWatchClient,
  type DescribeAlarmsCommandInput,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import { type Alarms, type CloudAlarm, clientOptions } from '@soundbite/model';

/** CloudWatch's alarms. */
export const cloudAlarms = (): Alarms => ({
  async find(cloud, { names, prefix }) {
    const client = new CloudWatchClient({ ...clientOptions(await cloud.access('controller')), maxAttempts: 5 });
    try {
      // One question takes names or a prefix, never both.
      const named = names.length > 0 ? await described(client, { AlarmNames: [...names] }) : [];
      const begun = prefix === undefined ? [] : await described(client, { AlarmNamePrefix: prefix });
      const all = new Map([...named, ...begun].map((one) => [one.name, one]));
      return [...all.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
    } finally {
      client.destroy();
    }
  },
});

/** Without `AlarmTypes`, CloudWatch tells of those on metrics alone. */
const types: AlarmType[] = ['MetricAlarm', 'CompositeAlarm'];
/** CloudWatch gives no more at once. */
const page = 100;

async function described(client: CloudWatchClient, sought: DescribeAlarmsCommandInput): Promise<CloudAlarm[]> {
  const found: CloudAlarm[] = [];
  const input = { ...sought, AlarmTypes: types, MaxRecords: page };
  for await (const { MetricAlarms = [], CompositeAlarms = [] } of paginateDescribeAlarms({ client }, input))
    for (const { AlarmName: name, StateValue: state, StateTransitionedTimestamp, StateUpdatedTimestamp } of [
      ...MetricAlarms,
      ...CompositeAlarms,
    ])
      if (name !== undefined && state !== undefined)
        found.push({ name, state, since: (StateTransitionedTimestamp ?? StateUpdatedTimestamp)?.getTime() ?? null });
  return found;
}
