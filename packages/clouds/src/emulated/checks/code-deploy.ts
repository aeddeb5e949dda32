import { strict as assert } from 'node:assert';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { type Check, eventually } from './check.ts';

const template = (policy: string) => ({
  Resources: {
    Application: { Type: 'AWS::CodeDeploy::Application', Properties: { ComputePlatform: 'Lambda' } },
    Group: {
      Type: 'AWS::CodeDeploy::DeploymentGroup',
      Properties: {
        ApplicationName: { Ref: 'Application' },
        DeploymentConfigName: policy,
        ServiceRoleArn: 'arn:aws:iam::000000000000:role/deploys',
      },
    },
  },
});

export const codeDeploy: Check = {
  correction: 'code_deploy',
  title: 'a stack has an application and a deployment group of CodeDeploy, which keep their names in an update',
  failsWithout: /Unrecognized resource types/,
  async holds({ config }) {
    const cloudformation = new CloudFormationClient(config);
    const StackName = 'delivered';
    const ended = (id: string) =>
      eventually('the end', async () => {
        const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: id }));
        return Stacks?.[0]?.StackStatus?.endsWith('_IN_PROGRESS') ? undefined : Stacks?.[0]?.StackStatus;
      });
    const names = async () => {
      const { StackResources = [] } = await cloudformation.send(new DescribeStackResourcesCommand({ StackName }));
      return StackResources.map(({ PhysicalResourceId }) => PhysicalResourceId);
    };
    const text = (policy: string) => JSON.stringify(template(`CodeDeployDefault.Lambda${policy}`));
    const { StackId = '' } = await cloudformation.send(
      new CreateStackCommand({ StackName, TemplateBody: text('AllAtOnce') }),
    );
    assert.equal(await ended(StackId), 'CREATE_COMPLETE');
    const before = await names();
    assert.equal(new Set(before).size, 2);
    await cloudformation.send(new UpdateStackCommand({ StackName, TemplateBody: text('Linear10PercentEvery1Minute') }));
    assert.equal(await ended(StackId), 'UPDATE_COMPLETE');
    assert.deepEqual(await names(), before);
    await cloudformation.send(new DeleteStackCommand({ StackName }));
    assert.equal(await ended(StackId), 'DELETE_COMPLETE');
  },
};
