import {
  type CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DetectStackDriftCommand,
  type PropertyDifference,
  paginateDescribeStackResourceDrifts,
  type Stack,
  type StackResourceDrift,
} from '@aws-sdk/client-cloudformation';
import { type ChangedMember, SoundBiteError } from '@soundbite/model';
import { asRecord, type Json } from '@soundbite/model/template.ts';
import { poll } from '../waiting.ts';
import type { Pace } from './pace.ts';

/** A resource with settings changed by hand: the current values of those that differ, in the template's format. */
export interface Altered extends ChangedMember {
  /** By property; undefined: it is not set any more. */
  readonly found: ReadonlyMap<string, unknown>;
}

/** States in which CloudFormation detects drift. */
const detectable = /^(CREATE_COMPLETE|UPDATE_COMPLETE|UPDATE_ROLLBACK_COMPLETE|UPDATE_ROLLBACK_FAILED)$/;

/** Properties that the controller sets after the deploy, or that do not affect the service: account-wide tools write tags, too. */
const notOurs: Readonly<Record<string, RegExp>> = {
  'AWS::Lambda::Alias': /./,
  'AWS::Lambda::EventSourceMapping': /^\/(Enabled|FunctionName)\b/,
  'AWS::Lambda::Version': /./,
};
const tags = /^\/Tags\b/;

/** The result of CloudFormation's own drift detection. */
export interface DriftLook {
  /** Resources with settings that differ from the deployed ones: only properties that the template sets count. */
  readonly altered: readonly Altered[];
  /** Logical ids of members that it found in the account: whether these are there need not be asked again. */
  readonly found: ReadonlySet<string>;
}

/** A resource that CloudFormation finds may be about to go: a mapping that is being deleted, a secret scheduled for deletion. */
const mayBeEnding: ReadonlySet<string> = new Set(['AWS::Lambda::EventSourceMapping', 'AWS::SecretsManager::Secret']);

/** Asks CloudFormation for the drift of a stack. On a real account it takes a minute or more. Errors: `drift-unknown` when it does not end. */
export async function lookForDrift(client: CloudFormationClient, stack: Stack | null, pace: Pace): Promise<DriftLook> {
  if (!stack || !detectable.test(stack.StackStatus ?? '')) return { altered: [], found: new Set() };
  const { StackName } = stack;
  const { StackDriftDetectionId } = await client.send(new DetectStackDriftCommand({ StackName }));
  const ended = await poll(async () => {
    const seen = await client.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }));
    return seen.DetectionStatus === 'DETECTION_IN_PROGRESS' ? undefined : seen;
  }, pace);
  if (!ended)
    throw new SoundBiteError('drift-unknown', `CloudFormation has not finished its drift detection of ${StackName}`, {
      hint: `see: soundbite aws <environment> cloudformation describe-stacks --stack-name ${StackName}`,
    });
  // After a failed detection, a resource's result may come from an earlier one.
  const isComplete = ended.DetectionStatus === 'DETECTION_COMPLETE';
  const altered: Altered[] = [];
  const found = new Set<string>();
  const filter = { StackName, StackResourceDriftStatusFilters: ['IN_SYNC' as const, 'MODIFIED' as const] };
  for await (const page of paginateDescribeStackResourceDrifts({ client, pageSize: 100 }, filter))
    for (const drift of page.StackResourceDrifts ?? []) {
      const { LogicalResourceId: id = '', ResourceType: type = '' } = drift;
      if (isComplete && !mayBeEnding.has(type)) found.add(id);
      const one = alteredBy(drift);
      if (one) altered.push(one);
    }
  return { altered, found };
}

function alteredBy(drift: StackResourceDrift): Altered | null {
  const { LogicalResourceId: id = '', ResourceType: type = '', PhysicalResourceId: physicalId = '' } = drift;
  const differing = (drift.PropertyDifferences ?? []).filter(({ PropertyPath = '' }) => counts(type, PropertyPath));
  if (differing.length === 0) return null;
  const actual = asRecord(JSON.parse(drift.ActualProperties ?? '{}'));
  const names = new Set(differing.map(({ PropertyPath = '' }) => PropertyPath.split('/')[1] ?? ''));
  const found = new Map([...names].map((name) => [name, actual[name]]));
  return { id, type, physicalId, differences: differing.map(told), found };
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
