import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import type { TestAccount } from './test-account.ts';

/** The client configuration of a new IAM user who may do these actions on everything. */
export async function createUser(
  account: TestAccount,
  UserName: string,
  actions: readonly string[],
): Promise<TestAccount['config']> {
  const iam = new IAMClient(account.config);
  await iam.send(new CreateUserCommand({ UserName }));
  if (actions.length > 0) {
    const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument: JSON.stringify(policy) }));
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  return { ...account.config, credentials };
}
