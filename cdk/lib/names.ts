import { createHash } from 'node:crypto';

/**
 * What a deliverer looks for in the stacks: the alias that takes traffic, the parameters that a deploy sets, and the outputs. Whoever deploys knows the same names
 * from its own side; a test holds both sides together, so that neither imports the other.
 */
export const contract = {
  /** Of both functions. Only the controller moves it. */
  alias: 'live',
  parameters: { releaseDigest: 'ReleaseDigest', cloudKind: 'CloudKind' },
  /** The last four exist only where the service runs on Lambda. */
  outputs: {
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
  },
} as const;

/** AWS names of an environment's resources, and of what `soundbite bootstrap` made for them. */
export const namesIn = (environment: string) => ({
  stack: `soundbite-${environment}`,
  /** CDK's bootstrap qualifier: at most 10 characters, one for each environment, so that no environment uses another's roles. */
  qualifier: `sb${createHash('sha256').update(environment).digest('hex').slice(0, 8)}`,
  controllerRole: `soundbite-${environment}-controller`,
  permissionsBoundary: `soundbite-${environment}-boundary`,
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
