import { strict as assert } from 'node:assert';
import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import type { TestAccount } from '../test-account.ts';
import { createFunction } from '../test-functions.ts';
import { deployStack, type Resources } from '../test-stacks.ts';
import type { Check } from './check.ts';

const answering = (answer: unknown) => `export const handler = async () => (${JSON.stringify(answer)});`;
const StackName = 'rest-staged';

export const restApiStages: Check = {
  correction: 'rest_api_stages',
  title: 'a stage of a REST API serves what its deployment took, and what is no answer is a 502',
  failsWithout: /'new' !== 'old'/,
  async holds(account) {
    await createFunction(account, 'rest-old', answering({ statusCode: 200, body: 'old' }));
    await createFunction(account, 'rest-new', answering({ statusCode: 200, body: 'new' }));
    await createFunction(account, 'rest-broken', answering({ wrong: true }));
    const deployed = (name: string, deployment: string) =>
      deployStack(account, StackName, resourcesOf(account, name, deployment));
    await deployed('rest-old', 'First');
    const cloudformation = new CloudFormationClient(account.config);
    const asked = new DescribeStackResourceCommand({ StackName, LogicalResourceId: 'Api' });
    const api = (await cloudformation.send(asked)).StackResourceDetail?.PhysicalResourceId;
    const ask = async (path: string) => {
      const answer = await fetch(`${account.config.endpoint}/_aws/execute-api/${api}/prod${path}`);
      return { status: answer.status, body: await answer.text() };
    };
    assert.equal((await ask('/asked')).body, 'old');
    await deployed('rest-new', 'First');
    assert.equal((await ask('/asked')).body, 'old');
    await deployed('rest-new', 'Second');
    assert.equal((await ask('/asked')).body, 'new');
    assert.equal((await ask('/broken')).status, 502);
  },
};

const Api = { RestApiId: { Ref: 'Api' } };

function resourcesOf(account: TestAccount, name: string, deployment: string): Resources {
  const methods = { ...methodOf(account, name, 'asked'), ...methodOf(account, 'rest-broken', 'broken') };
  return {
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: StackName } },
    ...methods,
    [deployment]: {
      ...{ Type: 'AWS::ApiGateway::Deployment', Properties: Api },
      ...{ DependsOn: Object.keys(methods) },
    },
    Stage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { ...Api, StageName: 'prod', DeploymentId: { Ref: deployment } },
    },
  };
}

/** A path of the API, and what answers it. */
function methodOf({ region, account }: TestAccount, name: string, PathPart: string): Resources {
  const lambda = `arn:aws:lambda:${region}:${account}:function:${name}`;
  const Uri = `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${lambda}/invocations`;
  return {
    [`${PathPart}Path`]: {
      Type: 'AWS::ApiGateway::Resource',
      Properties: { ...Api, ParentId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] }, PathPart },
    },
    [`${PathPart}Method`]: {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        ...{ ...Api, ResourceId: { Ref: `${PathPart}Path` }, HttpMethod: 'GET', AuthorizationType: 'NONE' },
        Integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri },
      },
    },
  };
}
