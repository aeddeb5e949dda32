import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { awsNames, type Environment } from '@soundbite/model';
import type { TestAccount } from '../../../packages/clouds/src/emulated/test-account.ts';

/** Lets an environment's roles manage what CloudFormation names in its stack, as an administrator may: its bootstrap allows fixed names only. */
export async function allowAnyNames({ account, region, config }: TestAccount, { name }: Environment): Promise<void> {
  const { controllerRole, qualifier } = awsNames(name);
  const iam = new IAMClient(config);
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['apigateway:*', 'dynamodb:*', 'iam:*', 'lambda:*', 'logs:*', 'sqs:*'],
        Resource: '*',
      },
    ],
  });
  for (const RoleName of [controllerRole, `cdk-${qualifier}-cfn-exec-role-${account}-${region}`])
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'any-names', PolicyDocument }));
  iam.destroy();
}
