import * as z from 'zod';

const loopbackOrPublic = z.enum(['public', 'loopback']);

/** The environment's settings, as the release carries them (settings.schema.json says what may be declared). Fields that only the deployer reads (`memory`) pass unseen. */
const ServiceSettings = z.object({
  voiceEngine: z.enum(['flite', 'polly']),
  limits: z
    .object({
      textBytes: z.int().min(1).max(100_000),
      bodyBytes: z.int().min(64).max(1_000_000),
      requestsPerSecond: z.number().positive(),
    })
    .refine(({ textBytes, bodyBytes }) => textBytes < bodyBytes, 'textBytes do not fit into bodyBytes'),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
  retentionDays: z.number().positive().max(3650),
  callbacks: loopbackOrPublic,
  jobTimeoutSeconds: z.number().positive().max(890),
  maxAttempts: z.int().min(1).max(100),
});
type ServiceSettings = z.infer<typeof ServiceSettings>;

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: `is no JSON: ${(error as Error).message}` });
    return z.NEVER;
  }
});

const Environment = z.object({
  SOUNDBITE_ENVIRONMENT: z.string().min(1),
  SOUNDBITE_RELEASE: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'is not sha256:<64 hex digits>'),
  SOUNDBITE_SETTINGS: json.pipe(ServiceSettings),
  SOUNDBITE_TABLE: z.string().min(1),
  SOUNDBITE_BUCKET: z.string().min(1),
  SOUNDBITE_QUEUE_URL: z.url(),
  SOUNDBITE_DEAD_LETTER_URL: z.url(),
  SOUNDBITE_WEBHOOK_SECRET_ARN: z.string().min(1),
  AWS_REGION: z.string().min(1),
  AWS_ENDPOINT_URL: z.url().optional(),
  SOUNDBITE_SHOWN_ENDPOINT: z.url().optional(),
  AWS_LAMBDA_FUNCTION_VERSION: z.string().optional(),
  SOUNDBITE_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  SOUNDBITE_CONTROL_TOKEN: z.string().min(16, 'is shorter than 16 characters').optional(),
  SOUNDBITE_CONSUMING: z
    .enum(['true', 'false'])
    .default('true')
    .transform((value) => value === 'true'),
});

/** Everything the service is told from outside; the same as a process and as a Lambda function. */
export interface Settings {
  readonly environment: string;
  /** `sha256:<64 hex>`: the digest of the release that this process runs. */
  readonly release: string;
  readonly service: ServiceSettings;
  readonly table: string;
  readonly bucket: string;
  readonly queueUrl: string;
  readonly deadLetterUrl: string;
  readonly webhookSecretArn: string;
  readonly region: string;
  /** Only an emulated account has one. */
  readonly endpoint: string | undefined;
  /** Where users reach that account, to which links to audio lead. */
  readonly shownEndpoint: string | undefined;
  /** Lambda only: which version of the function this is. */
  readonly functionVersion: string | undefined;
  /** Processes only: 0 takes any free port. */
  readonly port: number;
  /** Processes only: what the deployer shows to rehearse, to invoke the worker and to switch its consuming. */
  readonly controlToken: string | undefined;
  readonly consuming: boolean;
}

/** A wrong environment variable: the process cannot start. The message is one line that names every wrong one. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Reads the settings from environment variables.
 * @throws SettingsError naming every variable (and field of SOUNDBITE_SETTINGS) that is missing or wrong.
 */
export function readSettings(variables: Readonly<Record<string, string | undefined>>): Settings {
  const parsed = Environment.safeParse(withoutEmpty(variables));
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new SettingsError(`wrong environment variables: ${problems.join('; ')}`);
  }
  const env = parsed.data;
  return {
    environment: env.SOUNDBITE_ENVIRONMENT,
    release: env.SOUNDBITE_RELEASE,
    service: env.SOUNDBITE_SETTINGS,
    table: env.SOUNDBITE_TABLE,
    bucket: env.SOUNDBITE_BUCKET,
    queueUrl: env.SOUNDBITE_QUEUE_URL,
    deadLetterUrl: env.SOUNDBITE_DEAD_LETTER_URL,
    webhookSecretArn: env.SOUNDBITE_WEBHOOK_SECRET_ARN,
    region: env.AWS_REGION,
    endpoint: env.AWS_ENDPOINT_URL,
    shownEndpoint: env.SOUNDBITE_SHOWN_ENDPOINT ?? env.AWS_ENDPOINT_URL,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    port: env.SOUNDBITE_PORT,
    controlToken: env.SOUNDBITE_CONTROL_TOKEN,
    consuming: env.SOUNDBITE_CONSUMING,
  };
}

/** An empty variable is an absent one: that is what shells and CloudFormation mean by it. */
function withoutEmpty(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
}
