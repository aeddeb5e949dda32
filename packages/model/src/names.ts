import { createHash } from 'node:crypto';

/** Every AWS name that is derived from an environment's name, in one place: templates, policies and calls must agree on them. */
export const awsNames = (environment: string) => ({
  stack: `soundbite-${environment}`,
  /** The stack that `soundbite bootstrap` makes; CDK calls it the toolkit stack. */
  toolkitStack: `soundbite-bootstrap-${environment}`,
  /** CDK's bootstrap qualifier: at most 10 characters, one for each environment, so that no environment uses another's roles. */
  qualifier: `sb${createHash('sha256').update(environment).digest('hex').slice(0, 8)}`,
  controllerRole: `soundbite-${environment}-controller`,
  apiRole: `soundbite-${environment}-api`,
  workerRole: `soundbite-${environment}-worker`,
  apiFunction: `soundbite-${environment}-api`,
  workerFunction: `soundbite-${environment}-worker`,
  /** Where the functions log: Lambda's own default for their names. */
  apiLogGroup: `/aws/lambda/soundbite-${environment}-api`,
  workerLogGroup: `/aws/lambda/soundbite-${environment}-worker`,
  table: `soundbite-${environment}`,
  queue: `soundbite-${environment}-jobs`,
  deadLetterQueue: `soundbite-${environment}-dead-letters`,
  /** The table that `soundbite bootstrap` makes: one item, the generation of the controller that may act (see Fence). */
  fenceTable: `soundbite-${environment}-fence`,
  permissionsBoundary: `soundbite-${environment}-boundary`,
  executionPolicy: `soundbite-${environment}-execution`,
  /** Bucket names are shared by all of AWS: the account id follows. */
  bucketPrefix: `soundbite-${environment}-`,
  webhookSecret: `soundbite-${environment}-webhook`,
  /** SSM parameter: the digest of the release whose template was deployed last. */
  infrastructureParameter: `/soundbite/${environment}/infrastructure-release`,
  /** The rule that wakes the worker each minute. */
  sweepRule: `soundbite-${environment}-sweep`,
  /** No role that the bootstrap makes may ever do more than this policy allows. */
  operatorsBoundary: `soundbite-${environment}-operators-boundary`,
  accessLogGroup: `/aws/apigateway/soundbite-${environment}`,
  alarmTopic: `soundbite-${environment}-alarms`,
  /** Alarm names begin with it; the slash keeps `dev` apart from `dev-aws`. */
  alarmPrefix: `soundbite/${environment}/`,
  dashboard: `soundbite-${environment}`,
});

/** The kinds of things of which an environment has several, or whose names are shortened: two names could make one of these. */
const mayMeet = {
  stack: ['stack', 'toolkitStack'],
  table: ['table', 'fenceTable'],
  policy: ['permissionsBoundary', 'operatorsBoundary', 'executionPolicy'],
  role: ['controllerRole', 'apiRole', 'workerRole'],
  function: ['apiFunction', 'workerFunction'],
  queue: ['queue', 'deadLetterQueue'],
  'log group': ['apiLogGroup', 'workerLogGroup', 'accessLogGroup'],
  'bootstrap qualifier': ['qualifier'],
} as const satisfies Readonly<Record<string, readonly (keyof ReturnType<typeof awsNames>)[]>>;

/** What two environments in one account would both call theirs (`table soundbite-dev-fence`); null: nothing. */
export function namedAlike(one: string, other: string): string | null {
  const [ours, theirs] = [awsNames(one), awsNames(other)];
  for (const [kind, keys] of Object.entries(mayMeet)) {
    const taken = new Set<string>(keys.map((key) => theirs[key]));
    const found = keys.map((key) => ours[key]).find((name) => taken.has(name));
    if (found !== undefined) return `${kind} ${found}`;
  }
  return null;
}

/** A change set of an environment's stack. The name identifies its stack: permissions on a change set know no stack. */
export const changeSetName = (environment: string, attempt: string) => `${awsNames(environment).qualifier}-${attempt}`;

/** The alias of both functions that takes traffic. Only the controller moves it. */
export const liveAlias = 'live';

/** Output keys of every environment's stack; the last four exist with the `aws` runtime only. */
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

/** Response and request headers between the service, the edge and the gates. */
export const headers = {
  release: 'x-soundbite-release',
  /** Request: answer with this release, whatever the weights (edge only, loopback only). */
  pin: 'x-soundbite-pin',
  rehearsal: 'x-soundbite-rehearsal',
  /** In the place of a rehearsal's: a migration invokes a component, and means it. */
  migration: 'x-soundbite-migration',
  executedVersion: 'x-soundbite-executed-version',
} as const;
