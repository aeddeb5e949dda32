import { strict as assert } from 'node:assert';
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Check, eventually } from './check.ts';

export const importedSecrets: Check = {
  correction: 'imported_secrets',
  title: 'CloudFormation takes a secret that exists into a stack, with what it holds',
  failsWithout: /not supported|UNAVAILABLE/,
  async holds(account) {
    const secrets = new SecretsManagerClient(account.config);
    const cloudformation = new CloudFormationClient(account.config);
    const { ARN = '' } = await secrets.send(new CreateSecretCommand({ Name: 'taken', SecretString: 'kept' }));
    const at = { StackName: 'taking', ChangeSetName: 'take' };
    const Resources = {
      Secret: { Type: 'AWS::SecretsManager::Secret', DeletionPolicy: 'Retain', Properties: { Name: 'taken' } },
    };
    await cloudformation.send(
      new CreateChangeSetCommand({
        ...at,
        ChangeSetType: 'IMPORT',
        TemplateBody: JSON.stringify({ Resources }),
        ResourcesToImport: [
          { ResourceType: 'AWS::SecretsManager::Secret', LogicalResourceId: 'Secret', ResourceIdentifier: { Id: ARN } },
        ],
      }),
    );
    await cloudformation.send(new ExecuteChangeSetCommand(at));
    const status = await eventually('the end of the import', async () => {
      const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: at.StackName }));
      return Stacks?.[0]?.StackStatus === 'IMPORT_IN_PROGRESS' ? undefined : Stacks?.[0]?.StackStatus;
    });
    assert.equal(status, 'IMPORT_COMPLETE');
    assert.equal((await secrets.send(new GetSecretValueCommand({ SecretId: ARN }))).SecretString, 'kept');
  },
};
