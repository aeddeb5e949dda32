import { strict as assert } from 'node:assert';
import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  LambdaClient,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createFunction, createRole, publishVersion, tellsItsVersion } from '../test-functions.ts';
import { deployStack } from '../test-stacks.ts';
import type { Check } from './check.ts';

export const lambdaRefusals: Check = {
  correction: 'lambda_refusals',
  title: 'aliases and queue mappings that AWS refuses are refused, by the API and by CloudFormation',
  failsWithout: /Missing expected rejection/,
  async holds(account) {
    const lambda = new LambdaClient(account.config);
    const sqs = new SQSClient(account.config);
    const FunctionName = 'refusing';
    const alias = (FunctionVersion: string, weights: Record<string, number> | undefined) => ({
      FunctionName,
      Name: 'live',
      FunctionVersion,
      ...(weights && { RoutingConfig: { AdditionalVersionWeights: weights } }),
    });
    await createFunction(account, FunctionName, tellsItsVersion);
    await publishVersion(account, FunctionName);
    await publishVersion(account, FunctionName, `${tellsItsVersion}\n`);
    const otherRole = await createRole(account, 'refusing-other', ['sqs:*']);
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Role: otherRole }));
    await publishVersion(account, FunctionName);

    const missing = { name: 'ResourceNotFoundException' };
    const invalid = { name: 'InvalidParameterValueException' };
    await assert.rejects(lambda.send(new CreateAliasCommand(alias('7', undefined))), missing);
    await lambda.send(new CreateAliasCommand(alias('1', { 2: 0.5 })));
    await assert.rejects(lambda.send(new UpdateAliasCommand(alias('7', undefined))), missing);
    await assert.rejects(lambda.send(new UpdateAliasCommand(alias('1', { 7: 0.5 }))), missing);
    await assert.rejects(lambda.send(new UpdateAliasCommand(alias('1', { 2: 1.5 }))), { name: 'ValidationException' });
    await assert.rejects(lambda.send(new UpdateAliasCommand(alias('1', { 3: 0.5 }))), invalid, 'another role');
    await assert.rejects(lambda.send(new UpdateAliasCommand(alias('1', { 1: 0.5 }))), invalid, 'the same version');
    await assert.rejects(lambda.send(new UpdateAliasCommand(alias('$LATEST', { 2: 0.5 }))), invalid, '$LATEST');
    const Alias = { Type: 'AWS::Lambda::Alias', Properties: { FunctionName, Name: 'declared', FunctionVersion: '7' } };
    await assert.rejects(deployStack(account, 'refusing-alias', { Alias }), /Function not found/);

    const map = (queue: string) => ({
      FunctionName,
      EventSourceArn: `arn:aws:sqs:${account.region}:${account.account}:${queue}`,
    });
    await sqs.send(new CreateQueueCommand({ QueueName: 'hasty', Attributes: { VisibilityTimeout: '5' } }));
    await sqs.send(new CreateQueueCommand({ QueueName: 'patient', Attributes: { VisibilityTimeout: '60' } }));
    await assert.rejects(lambda.send(new CreateEventSourceMappingCommand(map('hasty'))), invalid);
    const Mapping = { Type: 'AWS::Lambda::EventSourceMapping', Properties: map('hasty') };
    await assert.rejects(deployStack(account, 'refusing-mapping', { Mapping }), /less than Function timeout/);
    await lambda.send(new CreateEventSourceMappingCommand(map('patient')));
    await createFunction(account, 'unpermitted', tellsItsVersion);
    await assert.rejects(
      lambda.send(new CreateEventSourceMappingCommand({ ...map('patient'), FunctionName: 'unpermitted' })),
      /does not have permissions to call ReceiveMessage/,
    );
  },
};
