import { awsNames, type Environment } from '@soundbite/model';
export function bootstrapTemplate(environment: Environment): unknown {
  const n = awsNames(environment.name);
  const all = (Action: string[]) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
  });
  return {
    Resources: {
      Execution: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: { ManagedPolicyName: n.executionPolicy, PolicyDocument: all(['*']) },
      },
      Controller: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: n.controllerRole,
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Action: 'sts:AssumeRole',
                Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } },
              },
            ],
          },
          Policies: [{ PolicyName: 'all', PolicyDocument: all(['*']) }],
        },
      },
      Fence: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: n.fenceTable,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        },
      },
    },
  };
}
