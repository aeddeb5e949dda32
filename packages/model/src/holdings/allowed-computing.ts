import type { AllowedType } from './allowed-type.ts';
import { actionsOf, inApiGateway, regional, worldwide } from './arns.ts';
import { roleWrites } from './role-writes.ts';

const itself = regional('lambda', 'function:{name}');
const versions = regional('lambda', 'function:{name}:*');
const mappings = regional('lambda', 'event-source-mapping:*');
const logGroup = regional('logs', 'log-group:/aws/lambda/{name}');
const logStreams = regional('logs', 'log-group:/aws/lambda/{name}:*');
const role = worldwide('iam', 'role/{name}');
const verbs = actionsOf('apigateway', 'DELETE', 'GET', 'PATCH', 'POST', 'PUT', 'TagResource', 'UntagResource');

const functionItself: AllowedType = {
  what: 'Lambda function',
  name: { property: 'FunctionName', otherwise: { by: 'stack', longest: 64 } },
  manage: [{ actions: ['lambda:*'], on: [itself, versions] }],
  use: [
    { actions: ['lambda:InvokeFunction'], on: [itself, versions] },
    // Where a function logs unless its template says otherwise. Lambda makes the group, as the function's role, if nobody did.
    { actions: actionsOf('logs', 'CreateLogStream', 'PutLogEvents'), on: [logGroup, logStreams] },
    { actions: ['logs:CreateLogGroup'], on: [logGroup, logStreams] },
  ],
  look: [
    {
      actions: actionsOf('lambda', 'GetAlias', 'GetFunction', 'GetFunctionConfiguration', 'GetPolicy', 'ListAliases'),
      on: [itself, versions],
    },
  ],
  control: [
    {
      actions: actionsOf(
        'lambda',
        'GetAlias',
        'GetFunction',
        'GetFunctionConfiguration',
        'GetPolicy',
        'InvokeFunction',
        'ListAliases',
        'ListVersionsByFunction',
        'PublishVersion',
        'UpdateAlias',
        // Rules and topics may call the alias while a release is live.
        'AddPermission',
        'RemovePermission',
        // Aliases that somebody made beside ours. AWS asks for the function and for the alias.
        'DeleteAlias',
      ),
      on: [itself, versions],
    },
    // Restores what CloudFormation deployed and somebody changed; CloudFormation itself sees no change in its template.
    {
      actions: actionsOf('lambda', 'DeleteFunctionConcurrency', 'UpdateFunctionCode', 'UpdateFunctionConfiguration'),
      on: [itself],
    },
    // Versions only: the functions themselves are CloudFormation's.
    { actions: ['lambda:DeleteFunction'], on: [versions] },
    {
      actions: actionsOf('logs', 'DescribeLogStreams', 'FilterLogEvents', 'GetLogEvents', 'StartLiveTail'),
      on: [logGroup, logStreams],
    },
  ],
};

const mapping: AllowedType = {
  what: 'event source mapping',
  of: 'FunctionName',
  manage: [
    { actions: ['lambda:*EventSourceMapping'], on: ['*'], when: 'of' },
    {
      actions: actionsOf('lambda', 'ListEventSourceMappings', 'ListTags', 'TagResource', 'UntagResource'),
      on: [mappings],
    },
  ],
  look: [
    { actions: ['lambda:GetEventSourceMapping'], on: [mappings] },
    { actions: ['lambda:ListEventSourceMappings'], on: ['*'] },
  ],
  control: [
    { actions: actionsOf('lambda', 'GetEventSourceMapping', 'UpdateEventSourceMapping'), on: ['*'], when: 'of' },
  ],
};

const readsUrl = [
  {
    actions: ['lambda:GetFunctionUrlConfig'],
    on: ['', ':*'].map((rest) => regional('lambda', `function:{of}${rest}`)),
  },
];
const functionUrl: AllowedType = {
  what: 'URL of a function',
  of: 'TargetFunctionArn',
  look: readsUrl,
  control: readsUrl,
};

const serviceRole: AllowedType = {
  what: 'role of the service, under its boundary',
  name: { property: 'RoleName', otherwise: { by: 'stack', longest: 64 } },
  manage: [
    // A service role is only ever written with its boundary on it.
    {
      actions: roleWrites,
      on: [role],
      when: 'bounded',
    },
    {
      actions: actionsOf(
        'iam',
        'DeleteRole',
        'Get*',
        'List*',
        'TagRole',
        'UntagRole',
        'UpdateAssumeRolePolicy',
        'UpdateRole',
      ),
      on: [role],
    },
    { actions: ['iam:PassRole'], on: [role], when: 'passed' },
  ],
  look: [
    {
      actions: actionsOf('iam', 'GetRole', 'GetRolePolicy', 'ListAttachedRolePolicies', 'ListRolePolicies'),
      on: [role],
    },
  ],
  control: [
    { actions: ['sts:AssumeRole'], on: [role] },
    { actions: ['iam:PassRole'], on: [role], when: 'passed' },
    { actions: actionsOf('iam', 'GetRole', 'GetRolePolicy', 'ListRolePolicies'), on: [role] },
  ],
};

/** An API's id is not known before it is made. */
const ofHttpApi = (what: string): AllowedType => ({
  what,
  manage: [{ actions: verbs, on: ['apis', 'apis/*', 'tags/*'].map(inApiGateway) }],
  look: [{ actions: ['apigateway:GET'], on: [inApiGateway('apis/*')] }],
  // Whether, and that, the HTTP API leads to the alias.
  control: [
    { actions: ['apigateway:GET'], on: ['apis/*/integrations', 'apis/*/routes'].map(inApiGateway) },
    { actions: ['apigateway:PATCH'], on: [inApiGateway('apis/*/integrations/*')] },
  ],
});
const ofRestApi = (what: string): AllowedType => ({
  what,
  manage: [{ actions: verbs, on: ['restapis', 'restapis/*', 'tags/*'].map(inApiGateway) }],
  look: [{ actions: ['apigateway:GET'], on: [inApiGateway('restapis/*')] }],
  // Whether, and that, its methods lead to the alias, and its stage serves the release's deployment.
  control: [
    { actions: ['apigateway:GET'], on: ['restapis/*/resources', 'restapis/*/stages/*'].map(inApiGateway) },
    {
      actions: actionsOf('apigateway', 'PATCH', 'PUT'),
      on: [inApiGateway('restapis/*/resources/*/methods/*/integration')],
    },
    { actions: ['apigateway:PATCH'], on: [inApiGateway('restapis/*/stages/*')] },
  ],
});

/** Of a service that CodeDeploy delivered until now: it stays as it is and delivers nothing, so that the service can be handed back. */
const ofCodeDeploy = (kind: 'Application' | 'DeploymentGroup', what: string, on: string): AllowedType => ({
  what,
  name: { property: `${kind}Name`, otherwise: { by: 'stack', longest: 100 } },
  manage: [
    {
      actions: actionsOf(
        'codedeploy',
        ...['Create', 'Delete', 'Get', 'Update'].map((verb) => `${verb}${kind}`),
        ...['ListTagsForResource', 'TagResource', 'UntagResource'],
      ),
      on: [regional('codedeploy', on)],
    },
  ],
});

/** What runs, as whom, and what leads to it. */
export const computing: Readonly<Record<string, AllowedType>> = {
  'AWS::Lambda::Function': functionItself,
  'AWS::Lambda::Version': { what: 'version of a function' },
  'AWS::Lambda::Alias': { what: 'alias of a function' },
  'AWS::CodeDeploy::Application': ofCodeDeploy('Application', 'CodeDeploy application', 'application:{name}'),
  'AWS::CodeDeploy::DeploymentGroup': ofCodeDeploy(
    'DeploymentGroup',
    'CodeDeploy deployment group',
    'deploymentgroup:*/{name}',
  ),
  'AWS::Lambda::Permission': { what: 'permission to invoke a function' },
  'AWS::Lambda::Url': functionUrl,
  'AWS::Lambda::EventInvokeConfig': { what: 'retries of a function' },
  'AWS::Lambda::EventSourceMapping': mapping,
  'AWS::Lambda::LayerVersion': {
    what: 'version of a layer',
    name: { property: 'LayerName', otherwise: 'id' },
    manage: [
      {
        actions: actionsOf('lambda', 'DeleteLayerVersion', 'GetLayerVersion', 'PublishLayerVersion'),
        on: [regional('lambda', 'layer:{name}'), regional('lambda', 'layer:{name}:*')],
      },
    ],
  },
  'AWS::IAM::Role': serviceRole,
  'AWS::IAM::Policy': { what: 'policy in roles of the service' },
  'AWS::IAM::RolePolicy': { what: 'policy in a role of the service' },
  'AWS::ApiGatewayV2::Api': ofHttpApi('HTTP API'),
  'AWS::ApiGatewayV2::Authorizer': ofHttpApi('authorizer of an HTTP API'),
  'AWS::ApiGatewayV2::Integration': ofHttpApi('integration of an HTTP API'),
  'AWS::ApiGatewayV2::Route': ofHttpApi('route of an HTTP API'),
  'AWS::ApiGatewayV2::Stage': {
    ...ofHttpApi('stage of an HTTP API'),
    manage: [
      ...(ofHttpApi('').manage ?? []),
      // Permissions that API Gateway requires to enable access logs; these actions know no resources.
      {
        actions: actionsOf(
          'logs',
          '*LogDelivery',
          'DescribeLogGroups',
          'DescribeResourcePolicies',
          'ListLogDeliveries',
          'PutResourcePolicy',
        ),
        on: ['*'],
      },
    ],
  },
  'AWS::ApiGateway::RestApi': ofRestApi('REST API'),
  'AWS::ApiGateway::Resource': ofRestApi('path of a REST API'),
  'AWS::ApiGateway::Method': ofRestApi('method of a REST API'),
  'AWS::ApiGateway::Deployment': ofRestApi('deployment of a REST API'),
  'AWS::ApiGateway::Stage': ofRestApi('stage of a REST API'),
  'AWS::ApiGateway::Authorizer': ofRestApi('authorizer of a REST API'),
  'AWS::ApiGateway::GatewayResponse': ofRestApi('answer of a REST API itself'),
  'AWS::ApiGateway::Model': ofRestApi('model of a REST API'),
  'AWS::ApiGateway::RequestValidator': ofRestApi('validator of a REST API'),
};
