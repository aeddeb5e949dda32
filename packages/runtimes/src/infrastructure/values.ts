import type { Stack } from '@aws-sdk/client-cloudformation';
import type { CloudAccess, StackMember } from '@soundbite/model';
import { asRecord, isSame } from '@soundbite/model/template.ts';
import { hostSuffixOf, partitionOf } from './assembly.ts';
import { outputsOf } from './stack.ts';
import type { ValueOf } from './surgery.ts';

type Place = Pick<CloudAccess, 'account' | 'region'>;

/** Attributes that follow from the name and the place of a resource. From CloudFormation's resource reference. */
const attributes: Readonly<Record<string, Readonly<Record<string, (id: string, place: Place) => string>>>> = {
  'AWS::DynamoDB::Table': { Arn: (id, at) => arn(at, 'dynamodb', `table/${id}`) },
  'AWS::Events::Rule': { Arn: (id, at) => arn(at, 'events', `rule/${id}`) },
  'AWS::IAM::Role': { Arn: (id, at) => `arn:${partitionOf(at.region)}:iam::${at.account}:role/${id}` },
  'AWS::Lambda::Function': { Arn: (id, at) => arn(at, 'lambda', `function:${id}`) },
  'AWS::Lambda::Version': { Version: (id) => lastPart(id, ':') },
  'AWS::Logs::LogGroup': { Arn: (id, at) => arn(at, 'logs', `log-group:${id}:*`) },
  'AWS::S3::Bucket': {
    Arn: (id, at) => `arn:${partitionOf(at.region)}:s3:::${id}`,
    RegionalDomainName: (id, at) => `${id}.s3.${at.region}.${hostSuffixOf(at.region)}`,
  },
  'AWS::SNS::Topic': { TopicName: (id) => lastPart(id, ':') },
  'AWS::SQS::Queue': {
    Arn: (id, at) => arn(at, 'sqs', lastPart(id, '/')),
    QueueName: (id) => lastPart(id, '/'),
  },
};

const arn = ({ account, region }: Place, service: string, resource: string) =>
  `arn:${partitionOf(region)}:${service}:${region}:${account}:${resource}`;
const lastPart = (text: string, separator: string) => text.slice(text.lastIndexOf(separator) + 1);

/** The values of an existing stack's resources in its expressions: from an output with exactly that value, or from their names. */
export function valuesIn(stack: Stack | null, template: unknown, place: Place): ValueOf {
  const given = Object.entries(asRecord(asRecord(template).Outputs));
  const outputs = stack ? outputsOf(stack) : {};
  return ({ id, type, physicalId }: StackMember, attribute) => {
    const expression = attribute === undefined ? { Ref: id } : { 'Fn::GetAtt': [id, attribute] };
    const output = given.find(([, one]) => isSame(asRecord(one).Value, expression))?.[0];
    const value = output === undefined ? undefined : outputs[output];
    if (value) return value;
    return attribute === undefined ? physicalId : attributes[type]?.[attribute]?.(physicalId, place);
  };
}
