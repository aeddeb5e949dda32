import type { Holdings } from './holdings/holdings.ts';
import { awsNames, changeSetName } from './names.ts';

/** A statement of an IAM policy; resources are CloudFormation values. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource: readonly unknown[];
  readonly Condition?: unknown;
}

export const policy = (statements: readonly Statement[]) => ({ Version: '2012-10-17', Statement: statements });
export const sub = (text: string) => ({ 'Fn::Sub': text });

/** Lets actions be done on resources. */
export const allow = (Action: readonly string[], Resource: readonly unknown[], Condition?: unknown): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});
/** Whatever else allows it. */
export const deny = (Action: readonly string[], Resource: readonly unknown[], Condition?: unknown): Statement => ({
  ...allow(Action, Resource, Condition),
  Effect: 'Deny',
});

/** `arn:<partition>:<service>:<region>:<account>:<resource>` of the account and region that the stack is in. */
export const arn = (service: string, resource: string) =>
  sub(`arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`);
export const iamArn = (resource: string) => sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:${resource}`);

/** ARNs of an environment's bootstrap; its stacks, and what they hold, have ARNs of their own (holdings/). */
export function resourcesOf(environment: string) {
  const names = awsNames(environment);
  return {
    names,
    fence: arn('dynamodb', `table/${names.fenceTable}`),
    assets: sub(`arn:\${AWS::Partition}:s3:::${assetsBucket(names.qualifier)}`),
    assetObjects: sub(`arn:\${AWS::Partition}:s3:::${assetsBucket(names.qualifier)}/*`),
    boundary: iamArn(`policy/${names.permissionsBoundary}`),
    changeSets: arn('cloudformation', `changeSet/${changeSetName(environment, '*')}/*`),
    toolkitStack: arn('cloudformation', `stack/${names.toolkitStack}/*`),
    version: arn('ssm', `parameter${versionParameter(names.qualifier)}`),
  };
}

/** The ARNs of the stacks in which an environment's service is deployed. */
export const stackArns = (environment: string, { stacks = [awsNames(environment).stack] }: Pick<Holdings, 'stacks'>) =>
  stacks.map((name) => arn('cloudformation', `stack/${name}/*`));

/** The names that CDK's synthesizer writes into an assembly. */
export const assetsBucket = (qualifier: string) => `cdk-${qualifier}-assets-\${AWS::AccountId}-\${AWS::Region}`;
export const versionParameter = (qualifier: string) => `/cdk-bootstrap/${qualifier}/version`;
export const toolkitRole = (qualifier: string, role: 'deploy' | 'file-publishing' | 'lookup' | 'cfn-exec') =>
  `cdk-${qualifier}-${role}-role-\${AWS::AccountId}-\${AWS::Region}`;
