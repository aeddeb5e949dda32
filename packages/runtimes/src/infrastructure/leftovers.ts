import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import type { CloudAccess, StackMember } from '@soundbite/model';
import { asList, asRecord, type Json, readTemplate } from '@soundbite/model/template.ts';
import { partitionOf } from './assembly.ts';
import type { Eyes } from './eyes.ts';
import { unlessGone } from './gone.ts';
import { looks } from './looks.ts';

/** How a resource of a type is found by the name that the template gives it. */
interface Named {
  /** The property that holds the name. */
  readonly property: string;
  /** The identifier by which CloudFormation imports it; absent: it is created each time, and must not exist before. */
  readonly identifier?: string;
  /** Its physical id by its name; null: not there. By default the name. */
  physicalId?(eyes: Eyes, name: string, place: CloudAccess): Promise<string | null>;
}

/** Types that outlive their stack when it is deleted: retained, or what could not be deleted. Source: the primary identifiers of CloudFormation's schemas. */
export const namedTypes: Readonly<Record<string, Named>> = {
  'AWS::DynamoDB::Table': { property: 'TableName', identifier: 'TableName' },
  'AWS::IAM::Role': { property: 'RoleName', identifier: 'RoleName' },
  'AWS::Lambda::Function': { property: 'FunctionName' },
  'AWS::Logs::LogGroup': { property: 'LogGroupName', identifier: 'LogGroupName' },
  'AWS::S3::Bucket': { property: 'BucketName', identifier: 'BucketName' },
  'AWS::SNS::Topic': {
    property: 'TopicName',
    identifier: 'TopicArn',
    physicalId: async (_eyes, name, { account, region }) =>
      `arn:${partitionOf(region)}:sns:${region}:${account}:${name}`,
  },
  'AWS::SQS::Queue': {
    property: 'QueueName',
    identifier: 'QueueUrl',
    physicalId: async ({ sqs }, QueueName) =>
      (await unlessGone(sqs.send(new GetQueueUrlCommand({ QueueName }))))?.QueueUrl ?? null,
  },
  'AWS::SSM::Parameter': { property: 'Name', identifier: 'Name' },
  'AWS::SecretsManager::Secret': {
    property: 'Name',
    identifier: 'Id',
    physicalId: async ({ secrets }, SecretId) =>
      (await unlessGone(secrets.send(new DescribeSecretCommand({ SecretId }))))?.ARN ?? null,
  },
};

/** Resources that stand under the names of a template, whoever made them. */
export async function standingMembers(eyes: Eyes, template: unknown, access: CloudAccess): Promise<StackMember[]> {
  const found = await Promise.all(
    [...readTemplate(template).resources.values()].map(async ({ id, type, properties }) => {
      const name = nameOf(type, properties, access);
      if (name === null) return null;
      const physicalId = (await namedTypes[type]?.physicalId?.(eyes, name, access)) ?? null;
      const known = namedTypes[type]?.physicalId ? physicalId : name;
      if (known === null) return null;
      const isThere = (await looks[type]?.(eyes, [{ physicalId: known }]))?.[0] ?? false;
      return isThere ? { id, type, physicalId: known } : null;
    }),
  );
  return found.filter((one) => one !== null);
}

/** The name that a template gives a resource in this place; null where it leaves that to CloudFormation, or another resource tells it. */
export function nameOf(type: string, properties: Json, { account, region }: Pick<CloudAccess, 'account' | 'region'>) {
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::Partition': partitionOf(region),
  };
  const textOf = (value: unknown): string | null => {
    if (typeof value === 'string') return value;
    const { Ref, 'Fn::Join': join, 'Fn::Sub': text } = asRecord(value);
    if (typeof Ref === 'string') return pseudo[Ref] ?? null;
    if (Array.isArray(join)) {
      const parts = asList(join[1]).map(textOf);
      return parts.includes(null) ? null : parts.join(String(join[0]));
    }
    if (typeof text !== 'string') return null;
    const placed = text.replaceAll(/\$\{([^}]+)\}/g, (whole, name: string) => pseudo[name] ?? whole);
    return placed.includes('${') ? null : placed;
  };
  const property = namedTypes[type]?.property;
  return property === undefined || properties[property] === undefined ? null : textOf(properties[property]);
}
