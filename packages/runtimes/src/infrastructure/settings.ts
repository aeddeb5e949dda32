import {
  type CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DetectStackDriftCommand,
  type PropertyDifference,
  paginateDescribeStackResourceDrifts,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { type ChangedMember, SoundBiteError } from '@soundbite/model';
import { asRecord, type Json } from '@soundbite/model/template.ts';
import { poll } from '../waiting.ts';
import type { Pace } from './pace.ts';

/** A resource whose settings somebody changed: what was found of those that differ, in the template's form. */
export interface Altered extends ChangedMember {
  /** By property; undefined: it is not set any more. */
  readonly found: ReadonlyMap<string, unknown>;
}

/** States in which CloudFormation looks for drift. */
const detectable = /^(CREATE_COMPLETE|UPDATE_COMPLETE|UPDATE_ROLLBACK_COMPLETE|UPDATE_ROLLBACK_FAILED)$/;

/** What the controller sets after the deploy, and what decides nothing about the service: tags are written by tools of whole accounts, too. */
const notOurs: Readonly<Record<string, RegExp>> = {
  'AWS::Lambda::Alias': /./,
  'AWS::Lambda::EventSourceMapping': /^\/(Enabled|FunctionName)\b/,
  'AWS::Lambda::Version': /./,
};
const tags = /^\/Tags\b/;

/**
 * The members of a stack whose settings are not what was deployed, by CloudFormation's own drift detection: only properties that the template
 * sets count. On a real account it takes a minute or more. Errors: `drift-unknown` when it does not end.
 */
export async function alteredMembers(
  client: CloudFormationClient,
  stack: Stack | null,
  pace: Pace,
): Promise<Altered[]> {
  if (!stack || !detectable.test(stack.StackStatus ?? '')) return [];
  const { StackName } = stack;
  const { StackDriftDetectionId } = await client.send(new DetectStackDriftCommand({ StackName }));
  const ended = await poll(async () => {
    const seen = await client.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }));
    return seen.DetectionStatus === 'DETECTION_IN_PROGRESS' ? undefined : seen;
  }, pace);
  if (!ended)
    throw new SoundBiteError('drift-unknown', `CloudFormation does not end to look for changes of ${StackName}`, {
      hint: `see it: soundbite aws <environment> cloudformation describe-stacks --stack-name ${StackName}`,
    });
  const found: Altered[] = [];
  const filter = { StackName, StackResourceDriftStatusFilters: ['MODIFIED' as const] };
  for await (const page of paginateDescribeStackResourceDrifts({ client }, filter))
    for (const drift of page.StackResourceDrifts ?? []) {
      const { LogicalResourceId: id = '', ResourceType: type = '', PhysicalResourceId: physicalId = '' } = drift;
      const differing = (drift.PropertyDifferences ?? []).filter(({ PropertyPath = '' }) => counts(type, PropertyPath));
      if (differing.length === 0) continue;
      const actual = asRecord(JSON.parse(drift.ActualProperties ?? '{}'));
      const names = new Set(differing.map(({ PropertyPath = '' }) => PropertyPath.split('/')[1] ?? ''));
      const values = new Map([...names].map((name) => [name, actual[name]]));
      found.push({ id, type, physicalId, differences: differing.map(told), found: values });
    }
  return found;
}

const counts = (type: string, path: string): boolean => !tags.test(path) && !notOurs[type]?.test(path);

/** One sentence. Variables may be secret: their values are not repeated. */
function told({ PropertyPath = '', ActualValue = '', ExpectedValue = '' }: PropertyDifference): string {
  const name = PropertyPath.slice(1).replaceAll('/', '.');
  if (name.startsWith('Environment')) return `${name} is not what was deployed`;
  return `${name} is ${short(ActualValue)}, and ${short(ExpectedValue)} was deployed`;
}

const short = (value: string): string => {
  if (value === 'null' || value === '') return 'nothing';
  return value.length > 80 ? `${value.slice(0, 77)}…` : value;
};

/** A template with the settings that were found, so that CloudFormation knows of them and the next deploy puts them right. */
export function withSettings(template: unknown, altered: readonly Altered[]): Json {
  const { Resources, ...rest } = asRecord(template);
  const resources = Object.entries(asRecord(Resources)).map(([id, resource]) => {
    const changed = altered.find((one) => one.id === id);
    if (!changed) return [id, resource];
    const { Properties, ...others } = asRecord(resource);
    const properties = Object.entries({ ...asRecord(Properties), ...Object.fromEntries(changed.found) });
    const set = Object.fromEntries(properties.filter(([, value]) => value !== undefined));
    return [id, { ...others, Properties: set }];
  });
  return { ...rest, Resources: Object.fromEntries(resources) };
}
