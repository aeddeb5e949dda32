import { SoundBiteError } from './errors.ts';
import { liveAlias } from './names.ts';
import type { StackOutputs } from './ports/target.ts';
import { contractPaths } from './service-contract.ts';
import type { StackComponent } from './stack-components.ts';

/**
 * What is known of stacks that were made before a stack said itself what is promoted in it (its output `Components`): the one service of then, with a function for
 * requests and one for messages, under fixed names. All that the deliverer knows of it stands here, and goes when no such stack may stand any more.
 */

/** Output keys of such a stack; the last four exist with the `aws` runtime only. */
export const stackOutputs = {
  table: 'TableName',
  bucket: 'BucketName',
  queueUrl: 'QueueUrl',
  deadLetterUrl: 'DeadLetterUrl',
  webhookSecretArn: 'WebhookSecretArn',
  apiRoleArn: 'ApiRoleArn',
  workerRoleArn: 'WorkerRoleArn',
  apiFunction: 'ApiFunctionName',
  workerFunction: 'WorkerFunctionName',
  apiId: 'ApiId',
  workerMappingId: 'WorkerMappingId',
} as const;

/** AWS names in such a stack. */
export const fixedNames = (environment: string) => ({
  apiRole: `soundbite-${environment}-api`,
  workerRole: `soundbite-${environment}-worker`,
  apiFunction: `soundbite-${environment}-api`,
  workerFunction: `soundbite-${environment}-worker`,
  /** Where the functions log: Lambda's own default for their names. */
  apiLogGroup: `/aws/lambda/soundbite-${environment}-api`,
  workerLogGroup: `/aws/lambda/soundbite-${environment}-worker`,
  accessLogGroup: `/aws/apigateway/soundbite-${environment}`,
  table: `soundbite-${environment}`,
  queue: `soundbite-${environment}-jobs`,
  deadLetterQueue: `soundbite-${environment}-dead-letters`,
  /** Bucket names are shared by all of AWS: the account id follows. */
  bucketPrefix: `soundbite-${environment}-`,
  webhookSecret: `soundbite-${environment}-webhook`,
  /** SSM parameter: the digest of the release whose template was deployed last. */
  infrastructureParameter: `/soundbite/${environment}/infrastructure-release`,
  /** The rule that wakes the worker each minute. */
  sweepRule: `soundbite-${environment}-sweep`,
  alarmTopic: `soundbite-${environment}-alarms`,
  /** Alarm names begin with it; the slash keeps `dev` apart from `dev-aws`. */
  alarmPrefix: `soundbite/${environment}/`,
  dashboard: `soundbite-${environment}`,
});

/** Whether a stack is the one service's, which kept the contract before a component could say so. Since it says its components, it has the outputs, too. */
export const isFixedStack = (outputs: StackOutputs): boolean => outputs[stackOutputs.apiFunction] !== undefined;

/** The HTTP API of such a stack; null: it has none. */
export const fixedApi = (outputs: StackOutputs): string | null => outputs[stackOutputs.apiId] ?? null;

/** A component as its stack does not say it: the template says the logical id of its function. */
export type FixedComponent = Omit<StackComponent, 'id'> & { readonly id: null };

/** What is promoted in such a stack, what takes messages before what sends them. Errors: `output-missing`, also for one of the functions without what calls it. */
export function fixedComponents(environment: string, outputs: StackOutputs): readonly FixedComponent[] {
  const output = (key: string) => outputs[key] || absent(environment, key);
  const { workerFunction, apiFunction, workerMappingId, queueUrl, apiId } = stackOutputs;
  const found: FixedComponent[] = [];
  if (outputs[workerFunction]) {
    const queues = [{ mapping: output(workerMappingId), url: output(queueUrl) }];
    found.push({ ...bare, name: 'worker', function: outputs[workerFunction], queues });
  }
  if (outputs[apiFunction]) {
    const reached = { health: contractPaths.alive, api: output(apiId) };
    found.push({ ...bare, name: 'api', function: outputs[apiFunction], ...reached });
  }
  return found.length > 0 ? found : absent(environment, `${apiFunction} or ${workerFunction}`);
}

const bare = {
  ...{ id: null, alias: liveAlias, first: '1' },
  ...{ health: null, path: null, contract: null, api: null, rest: null, url: null, queues: [], callers: [] },
};

function absent(environment: string, output: string): never {
  throw new SoundBiteError('output-missing', `the stack of ${environment} has no output ${output}`, {
    hint: `deploy the environment again: soundbite promote ${environment}`,
  });
}
