import { join } from 'node:path';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { liveAlias, stackOutputs } from '@soundbite/model';
import { afterAll } from 'vitest';
import { accountParts } from '../../../packages/clouds/src/index.ts';
import { conformanceOwner, runtimeConformance } from '../../../packages/runtimes/src/conformance.ts';
import { awsRuntime } from '../../../packages/runtimes/src/index.ts';
import { declared } from './environment.ts';
import { fixtureRelease, fixtureUse, forgedZip } from './fixture-release.ts';
import { foreignService } from './foreign-service.ts';
import { oneComponent } from './one-component.ts';
import { type RealParts, realParts } from './real-parts.ts';
import { type WatchedEnvironment, watchSaysNo } from './watched.ts';

let opened: WatchedEnvironment | undefined;
afterAll(() => opened?.parts.dispose());

runtimeConformance('the aws runtime on an emulated account', async () => {
  const environment = declared('dev-aws-deployed');
  const parts = await realParts(environment);
  const runtime = awsRuntime({ edge: parts.edge, supervisor: parts.host, accountParts, releases: parts.releases });
  opened = { environment, parts, runtime, owner: conformanceOwner };
  return {
    runtime,
    cut: (behaviour) => fixtureRelease(join(parts.root, 'releases'), [environment], behaviour),
    deploy: parts.deploy,
    ...fixtureUse(parts.url),
    /** Somebody moves the API's alias by hand. */
    async disturb() {
      await withLambda(parts, (lambda) =>
        lambda.send(
          new UpdateAliasCommand({
            FunctionName: `soundbite-${environment.name}-api`,
            Name: liveAlias,
            FunctionVersion: '1',
          }),
        ),
      );
    },
    /** Somebody gives both functions other code under the release's label, and publishes it. */
    async forge({ outputs }, release) {
      await withLambda(parts, async (lambda) => {
        const ZipFile = await forgedZip();
        for (const key of [stackOutputs.apiFunction, stackOutputs.workerFunction]) {
          const FunctionName = outputs[key] ?? '';
          const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
          const Variables = { ...Environment?.Variables, SOUNDBITE_RELEASE: release.digest };
          await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
          await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
          await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile, Publish: true }));
          await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
        }
      });
    },
    // Once what follows is over, too.
    dispose: async () => {},
  };
});

foreignService(() => opened as WatchedEnvironment);
watchSaysNo(() => opened as WatchedEnvironment);
oneComponent(() => opened as WatchedEnvironment);

async function withLambda<T>({ account }: RealParts, act: (lambda: LambdaClient) => Promise<T>): Promise<T> {
  const lambda = new LambdaClient(account.config);
  try {
    return await act(lambda);
  } finally {
    lambda.destroy();
  }
}
