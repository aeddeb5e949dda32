import {
  GetDeploymentCommand,
  GetMethodCommand,
  GetResourceCommand,
  GetRestApiCommand,
  GetStageCommand,
} from '@aws-sdk/client-api-gateway';
import {
  GetApiCommand,
  GetAuthorizersCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  GetStagesCommand,
} from '@aws-sdk/client-apigatewayv2';
import { GetDashboardCommand, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DescribeRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetPolicyCommand as GetManagedPolicyCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import {
  GetAliasCommand,
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
} from '@aws-sdk/client-lambda';
import { GetBucketPolicyCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { allItems } from '../pages.ts';
import type { Eyes } from './eyes.ts';
import { unlessGone } from './gone.ts';

/** The resource to look for: its physical id and, if it is part of another one, that one's. */
export interface Sought {
  readonly physicalId: string;
  readonly within?: string | undefined;
  /** A REST API's method: what it is called, and the id of its path; the API's own for the root. */
  readonly method?: string | undefined;
  readonly path?: string | undefined;
}

/** Says for each of them, all of one type, whether it exists. Doubt is an error, never an absence. */
type Look = (eyes: Eyes, sought: readonly Sought[]) => Promise<readonly boolean[]>;

/** One call for each. */
const each =
  (isThere: (eyes: Eyes, one: Sought) => Promise<boolean>): Look =>
  (eyes, sought) =>
    Promise.all(sought.map((one) => isThere(eyes, one)));

/** One list of all that live within the same resource; null: that one is gone, and they with it. */
const inOneList =
  (idsOf: (eyes: Eyes, parent: string) => Promise<readonly (string | undefined)[] | null>): Look =>
  async (eyes, sought) => {
    const parents = [...new Set(sought.map((one) => one.within ?? ''))];
    const ids = new Map(await Promise.all(parents.map(async (one) => [one, await idsOf(eyes, one)] as const)));
    return sought.map((one) => ids.get(one.within ?? '')?.includes(one.physicalId.split('/').at(-1)) ?? false);
  };

/** `arn:…:function:<name>:<qualifier>`. */
function qualified(arn: string): { FunctionName: string; Qualifier: string } {
  const at = arn.lastIndexOf(':');
  return { FunctionName: arn.slice(0, at), Qualifier: arn.slice(at + 1) };
}

/** A function or its alias, by their ARN or by their names alone: what stacks export and an emulated account says of URLs. */
function ofFunction(named: string): { FunctionName: string; Qualifier?: string } {
  const [FunctionName = '', Qualifier] = named.replace(/^arn:.*:function:/, '').split(':');
  return { FunctionName, ...(Qualifier === undefined ? {} : { Qualifier }) };
}

const alarms: Look = async ({ cloudwatch }, sought) => {
  const AlarmNames = sought.map(({ physicalId }) => physicalId);
  const found = new Set<string | undefined>();
  const types = { AlarmTypes: ['MetricAlarm' as const, 'CompositeAlarm' as const], AlarmNames };
  for await (const page of paginateDescribeAlarms({ client: cloudwatch }, types))
    for (const { AlarmName } of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])]) found.add(AlarmName);
  return AlarmNames.map((name) => found.has(name));
};

/** By CloudFormation's types. One that is not here is not looked at; a test holds all types of our templates to be here. */
export const looks: Readonly<Record<string, Look>> = {
  'AWS::ApiGateway::RestApi': each(
    async ({ rest }, { physicalId }) =>
      (await unlessGone(rest.send(new GetRestApiCommand({ restApiId: physicalId })))) !== null,
  ),
  'AWS::ApiGateway::Deployment': each(async ({ rest }, { physicalId, within }) => {
    const asked = { restApiId: within, deploymentId: physicalId };
    return (await unlessGone(rest.send(new GetDeploymentCommand(asked)))) !== null;
  }),
  'AWS::ApiGateway::Method': each(async ({ rest }, { within: restApiId, method: httpMethod, path }) => {
    const api = await unlessGone(rest.send(new GetRestApiCommand({ restApiId })));
    const resourceId = path === restApiId ? api?.rootResourceId : path;
    return (await unlessGone(rest.send(new GetMethodCommand({ restApiId, resourceId, httpMethod })))) !== null;
  }),
  'AWS::ApiGateway::Resource': each(async ({ rest }, { physicalId, within }) => {
    const asked = { restApiId: within, resourceId: physicalId };
    return (await unlessGone(rest.send(new GetResourceCommand(asked)))) !== null;
  }),
  'AWS::ApiGateway::Stage': each(async ({ rest }, { physicalId, within }) => {
    const asked = { restApiId: within, stageName: physicalId };
    return (await unlessGone(rest.send(new GetStageCommand(asked)))) !== null;
  }),
  'AWS::ApiGatewayV2::Api': each(
    async ({ api }, { physicalId }) => (await unlessGone(api.send(new GetApiCommand({ ApiId: physicalId })))) !== null,
  ),
  'AWS::ApiGatewayV2::Authorizer': inOneList(async ({ api }, ApiId) => {
    const all = allItems((NextToken) => api.send(new GetAuthorizersCommand({ ApiId, NextToken })));
    return (await unlessGone(all))?.map((one) => one.AuthorizerId) ?? null;
  }),
  'AWS::ApiGatewayV2::Integration': inOneList(async ({ api }, ApiId) => {
    const all = allItems((NextToken) => api.send(new GetIntegrationsCommand({ ApiId, NextToken })));
    return (await unlessGone(all))?.map((one) => one.IntegrationId) ?? null;
  }),
  'AWS::ApiGatewayV2::Route': inOneList(async ({ api }, ApiId) => {
    const all = allItems((NextToken) => api.send(new GetRoutesCommand({ ApiId, NextToken })));
    return (await unlessGone(all))?.map((one) => one.RouteId) ?? null;
  }),
  'AWS::ApiGatewayV2::Stage': inOneList(async ({ api }, ApiId) => {
    const all = allItems((NextToken) => api.send(new GetStagesCommand({ ApiId, NextToken })));
    return (await unlessGone(all))?.map((one) => one.StageName) ?? null;
  }),
  'AWS::CloudWatch::Alarm': alarms,
  'AWS::CloudWatch::CompositeAlarm': alarms,
  'AWS::CloudWatch::Dashboard': each(
    async ({ cloudwatch }, { physicalId }) =>
      (await unlessGone(cloudwatch.send(new GetDashboardCommand({ DashboardName: physicalId })))) !== null,
  ),
  'AWS::DynamoDB::Table': each(
    async ({ dynamo }, { physicalId }) =>
      (await unlessGone(dynamo.send(new DescribeTableCommand({ TableName: physicalId })))) !== null,
  ),
  'AWS::Events::Rule': each(
    async ({ events }, { physicalId }) =>
      (await unlessGone(events.send(new DescribeRuleCommand({ Name: physicalId.split('|').at(-1) })))) !== null,
  ),
  'AWS::IAM::ManagedPolicy': each(
    async ({ iam }, { physicalId }) =>
      (await unlessGone(iam.send(new GetManagedPolicyCommand({ PolicyArn: physicalId })))) !== null,
  ),
  'AWS::IAM::Role': each(
    async ({ iam }, { physicalId }) =>
      (await unlessGone(iam.send(new GetRoleCommand({ RoleName: physicalId })))) !== null,
  ),
  'AWS::Lambda::Alias': each(async ({ lambda }, { physicalId }) => {
    const { FunctionName, Qualifier: Name } = qualified(physicalId);
    return (await unlessGone(lambda.send(new GetAliasCommand({ FunctionName, Name })))) !== null;
  }),
  'AWS::Lambda::EventSourceMapping': each(async ({ lambda }, { physicalId }) => {
    const mapping = await unlessGone(lambda.send(new GetEventSourceMappingCommand({ UUID: physicalId })));
    return mapping !== null && mapping.State !== 'Deleting';
  }),
  'AWS::Lambda::Function': each(
    async ({ lambda }, { physicalId }) =>
      (await unlessGone(lambda.send(new GetFunctionConfigurationCommand({ FunctionName: physicalId })))) !== null,
  ),
  'AWS::Lambda::Url': each(async ({ lambda }, { physicalId }) => {
    const of = ofFunction(physicalId);
    return (await unlessGone(lambda.send(new GetFunctionUrlConfigCommand(of)))) !== null;
  }),
  'AWS::Lambda::Permission': async ({ lambda }, sought) =>
    Promise.all(
      sought.map(async ({ physicalId, within: on = '' }) => {
        // Of a function that nothing here names.
        if (on === '') return true;
        const of = ofFunction(on);
        const { Policy = '' } = (await unlessGone(lambda.send(new GetPolicyCommand(of)))) ?? {};
        return Policy.includes(JSON.stringify(physicalId));
      }),
    ),
  'AWS::Logs::LogGroup': each(async ({ logs }, { physicalId }) => {
    const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: physicalId }));
    return logGroups.some(({ logGroupName }) => logGroupName === physicalId);
  }),
  'AWS::S3::Bucket': each(
    async ({ s3 }, { physicalId }) =>
      (await unlessGone(s3.send(new HeadBucketCommand({ Bucket: physicalId })))) !== null,
  ),
  'AWS::S3::BucketPolicy': each(
    async ({ s3 }, one) => (await unlessGone(s3.send(new GetBucketPolicyCommand({ Bucket: one.within })))) !== null,
  ),
  // One scheduled for deletion (in a week or more) does not answer either.
  'AWS::SecretsManager::Secret': each(async ({ secrets }, { physicalId }) => {
    const secret = await unlessGone(secrets.send(new DescribeSecretCommand({ SecretId: physicalId })));
    return secret !== null && secret.DeletedDate === undefined;
  }),
  'AWS::SNS::Topic': each(
    async ({ sns }, { physicalId }) =>
      (await unlessGone(sns.send(new GetTopicAttributesCommand({ TopicArn: physicalId })))) !== null,
  ),
  'AWS::SQS::Queue': each(
    async ({ sqs }, { physicalId }) =>
      (await unlessGone(
        sqs.send(new GetQueueAttributesCommand({ QueueUrl: physicalId, AttributeNames: ['QueueArn'] })),
      )) !== null,
  ),
  'AWS::SQS::QueuePolicy': each(async ({ sqs }, one) => {
    const asked = { QueueUrl: one.within, AttributeNames: ['Policy' as const] };
    const queue = await unlessGone(sqs.send(new GetQueueAttributesCommand(asked)));
    return Boolean(queue?.Attributes?.Policy);
  }),
  'AWS::SSM::Parameter': each(
    async ({ ssm }, { physicalId }) =>
      (await unlessGone(ssm.send(new GetParameterCommand({ Name: physicalId })))) !== null,
  ),
};

/** Nothing of their own to look at: a topic always has a policy, and a version of a function that stands is the controller's. */
export const partsOfOthers: ReadonlySet<string> = new Set(['AWS::SNS::TopicPolicy', 'AWS::Lambda::Version']);
