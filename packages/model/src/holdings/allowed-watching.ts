import type { AllowedType, Grant } from './allowed-type.ts';
import { actionsOf, regional, worldwide } from './arns.ts';

const rule = regional('events', 'rule/{name}');
const schedule = regional('scheduler', 'schedule/*/{name}');
const logGroup = ['', ':*'].map((rest) => regional('logs', `log-group:{name}${rest}`));
const alarm: Pick<AllowedType, 'name' | 'manage' | 'look'> = {
  name: { property: 'AlarmName', otherwise: { by: 'stack', longest: 255 } },
  manage: [{ actions: ['cloudwatch:*'], on: [regional('cloudwatch', 'alarm:{name}')] }],
  look: [{ actions: ['cloudwatch:DescribeAlarms'], on: ['*'] }],
};
const anywhere = (...actions: readonly string[]): readonly Grant[] => [{ actions, on: ['*'] }];

/** Logs, alarms, rules and schedules. */
export const watching: Readonly<Record<string, AllowedType>> = {
  'AWS::Logs::LogGroup': {
    what: 'log group',
    name: { property: 'LogGroupName', otherwise: { by: 'stack', longest: 512 } },
    manage: [{ actions: ['logs:*'], on: logGroup }],
    use: [{ actions: actionsOf('logs', 'CreateLogStream', 'PutLogEvents'), on: logGroup }],
    look: anywhere('logs:DescribeLogGroups'),
    control: [
      {
        actions: actionsOf('logs', 'DescribeLogStreams', 'FilterLogEvents', 'GetLogEvents', 'StartLiveTail'),
        on: logGroup,
      },
    ],
  },
  'AWS::CloudWatch::Alarm': { what: 'alarm', ...alarm },
  'AWS::CloudWatch::CompositeAlarm': { what: 'alarm of alarms', ...alarm },
  'AWS::CloudWatch::Dashboard': {
    what: 'dashboard',
    name: { property: 'DashboardName', otherwise: 'unknowable' },
    manage: [{ actions: ['cloudwatch:*'], on: [worldwide('cloudwatch', 'dashboard/{name}')] }],
    // An emulated account holds this one to no resource.
    look: anywhere('cloudwatch:GetDashboard'),
  },
  'AWS::Events::Rule': {
    what: 'EventBridge rule',
    name: { property: 'Name', otherwise: { by: 'stack', longest: 64 } },
    manage: [{ actions: ['events:*'], on: [rule] }],
    look: anywhere('events:DescribeRule', 'events:ListTargetsByRule'),
  },
  'AWS::Scheduler::Schedule': {
    what: 'schedule (EventBridge Scheduler)',
    name: { property: 'Name', otherwise: { by: 'stack', longest: 64 } },
    manage: [
      {
        actions: actionsOf('scheduler', 'CreateSchedule', 'DeleteSchedule', 'GetSchedule', 'UpdateSchedule'),
        on: [schedule],
      },
    ],
    look: [{ actions: ['scheduler:GetSchedule'], on: [schedule] }],
  },
};
