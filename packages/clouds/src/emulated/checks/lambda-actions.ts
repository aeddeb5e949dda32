import { strict as assert } from 'node:assert';
import {
  CreateAliasCommand,
  DeleteAliasCommand,
  DeleteFunctionConcurrencyCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-lambda';
import { createFunction, createRole, publishVersion, tellsItsVersion } from '../test-functions.ts';
import { createUser } from '../test-users.ts';
import type { Check } from './check.ts';

export const lambdaActions: Check = {
  correction: 'lambda_actions',
  title: 'who lists aliases may not delete one, and who gives concurrency back needs not be allowed to take it',
  failsWithout: /Missing expected rejection/,
  async holds(account) {
    const lambda = new LambdaClient(account.config);
    const FunctionName = 'asked';
    await createFunction(account, FunctionName, tellsItsVersion, { Role: await createRole(account, 'asked', []) });
    await publishVersion(account, FunctionName);
    await lambda.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 1 }));
    const as = async (name: string, action: string) => new LambdaClient(await createUser(account, name, [action]));
    const lister = await as('asked-lister', 'lambda:ListAliases');
    const changer = await as('asked-changer', 'lambda:UpdateAlias');
    const giver = await as('asked-giver', 'lambda:DeleteFunctionConcurrency');
    const alias = { FunctionName, Name: 'live' };
    await assert.rejects(lister.send(new DeleteAliasCommand(alias)), /lambda:DeleteAlias/);
    await changer.send(new UpdateAliasCommand({ ...alias, Description: 'changed' }));
    await giver.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  },
};
