import { join } from 'node:path';
import { LambdaClient, UpdateAliasCommand } from '@aws-sdk/client-lambda';
import { liveAlias } from '@soundbite/model';
import { runtimeConformance } from '../../../packages/runtimes/src/conformance.ts';
import { awsRuntime } from '../../../packages/runtimes/src/index.ts';
import { declared } from './environment.ts';
import { fixtureRelease } from './fixture-release.ts';
import { realParts } from './real-parts.ts';

runtimeConformance('the aws runtime on an emulated account', async () => {
  const environment = declared('dev-aws-deployed');
  const parts = await realParts(environment);
  return {
    runtime: awsRuntime({ edge: parts.edge }),
    cut: (behaviour) => fixtureRelease(join(parts.root, 'releases'), [environment], behaviour),
    deploy: parts.deploy,
    url: parts.url,
    /** Somebody moves the API's alias by hand. */
    async disturb() {
      const lambda = new LambdaClient(parts.account.config);
      await lambda.send(
        new UpdateAliasCommand({
          FunctionName: `soundbite-${environment.name}-api`,
          Name: liveAlias,
          FunctionVersion: '1',
        }),
      );
      lambda.destroy();
    },
    dispose: parts.dispose,
  };
});
