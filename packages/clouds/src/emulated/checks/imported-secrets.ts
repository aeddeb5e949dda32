import { strict as assert } from 'node:assert';
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
} from '@aws-sdk/client-cloudformation';
import { type Check, eventually } from './check.ts';

export const importedSecrets: Check = {
  correction: 'imported_secrets',
  title: 'CloudFormation takes a secret that a deleted stack left into another one',
  failsWithout: /UNAVAILABLE/,
  async holds(account) {
    const cloudformation = new CloudFormationClient(account.config);
    const stack = async (StackName: string) => {
      const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
      return Stacks?.[0]?.StackStatus?.endsWith('_IN_PROGRESS') ? undefined : Stacks?.[0];
    };
    const Properties = { Name: 'taken', SecretString: 'kept' };
    const Resources = { Secret: { Type: 'AWS::SecretsManager::Secret', DeletionPolicy: 'Retain', Properties } };
    const Outputs = { Arn: { Value: { 'Fn::GetAtt': ['Secret', 'Id'] } } };
    const left = { StackName: 'left', TemplateBody: JSON.stringify({ Resources, Outputs }) };
    const { StackId = '' } = await cloudformation.send(new CreateStackCommand(left));
    const first = await eventually('the first stack', () => stack(StackId));
    const arn = first.Outputs?.[0]?.OutputValue ?? '';
    await cloudformation.send(new DeleteStackCommand({ StackName: 'left' }));
    await eventually('its end', async () =>
      (await stack(StackId))?.StackStatus === 'DELETE_COMPLETE' ? true : undefined,
    );

    const take = { StackName: 'taking', ChangeSetName: 'take' };
    const secret = { ResourceType: 'AWS::SecretsManager::Secret', LogicalResourceId: 'Secret' };
    await cloudformation.send(
      new CreateChangeSetCommand({
        ...take,
        ChangeSetType: 'IMPORT',
        TemplateBody: JSON.stringify({ Resources }),
        ResourcesToImport: [{ ...secret, ResourceIdentifier: { Id: arn } }],
      }),
    );
    await cloudformation.send(new ExecuteChangeSetCommand(take));
    assert.equal((await eventually('the import', () => stack('taking'))).StackStatus, 'IMPORT_COMPLETE');
  },
};
