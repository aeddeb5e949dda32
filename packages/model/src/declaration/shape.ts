import { z } from 'zod';

/** Settings of the delivered service. They travel with the release: an old release comes back with the settings it was cut with. */
export const ServiceSettings = z.strictObject({
  voiceEngine: z.enum(['flite', 'polly']).describe('who speaks: Amazon Polly, or CMU Flite inside the service'),
  limits: z.strictObject({
    textBytes: z.int().min(1).max(100_000).describe('longest text of a soundbite, in UTF-8 bytes'),
    bodyBytes: z.int().min(256).max(1_000_000).describe('largest request body, in bytes'),
    requestsPerSecond: z.int().min(1).max(10_000).describe('requests a second before the service answers 429'),
  }),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']),
  memory: z.strictObject({
    apiMiB: z.int().min(128).max(10_240),
    workerMiB: z.int().min(128).max(10_240),
  }),
  retentionDays: z.int().min(1).max(3650).describe('days after which a soundbite and its audio are removed'),
  callbacks: z.enum(['public', 'loopback']).describe('where a webhook may go; loopback also allows this machine'),
  jobTimeoutSeconds: z.int().min(5).max(890).describe('a job that takes longer is retried'),
  maxAttempts: z
    .int()
    .min(
      5,
      'is too few: a batch that is answered in part, or a function that is throttled, uses up tries of jobs that were never begun; give 5 or more',
    )
    .max(20)
    .describe('attempts before a soundbite is failed, in emulated accounts as in real ones'),
});
export type ServiceSettings = z.infer<typeof ServiceSettings>;

const AccountId = z
  .string({
    error: ({ input }) =>
      typeof input === 'number'
        ? 'is read by YAML as a number; put the account id in quotes: "123456789012"'
        : undefined,
  })
  .regex(/^\d{12}$/, 'must be an account id of 12 digits');
const Region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region such as eu-central-1');

/** The deployer that makes and executes the change sets of a cloud's stacks. */
const DeployerName = z.enum(['change-sets', 'toolkit']);
export type DeployerName = z.infer<typeof DeployerName>;

const deployer = DeployerName.describe(
  'who deploys its stacks: change-sets (default), our own; toolkit: the AWS CDK toolkit',
).optional();

export const CloudDeclaration = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('emulated'), account: AccountId, region: Region, deployer }),
  z.strictObject({
    kind: z.literal('real'),
    account: AccountId,
    region: Region,
    role: z
      .string()
      .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'must be the ARN of a role')
      .describe('the controller role that `soundbite bootstrap` made'),
    deployer,
  }),
]);
export type CloudDeclaration = z.infer<typeof CloudDeclaration>;

/** Gates that exist. An unknown one is refused: nothing is declared that nothing reads. */
export const gateNames = ['smoke'] as const;

/** The port of the first environment that declares none; the control plane's own stands before it, the emulated accounts' after the tenth. */
const firstPublicPort = 8101;

export const Environment = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/, 'must be 2 to 31 of a-z, 0-9 and -, starting with a letter'),
  cloud: CloudDeclaration,
  runtime: z.enum(['process', 'aws']).describe('process: Node processes on this machine; aws: Lambda'),
  port: z
    .int()
    .min(1024)
    .max(65_535)
    .describe('the preferred port of its stable URL on this machine; if it is taken, a free one near it'),
  protected: z.boolean().describe('deletion and termination protection; destroy asks for the name'),
  authorizer: z
    .strictObject({ issuer: z.url({ protocol: /^https$/ }), audience: z.array(z.string().min(1)).min(1) })
    .describe('JWT authorizer of the public API; a real cloud requires it')
    .optional(),
  service: ServiceSettings,
  gates: z.array(z.enum(gateNames)),
  watch: z.number().min(0, 'must be 0 or more seconds').max(86_400).describe('seconds of watching after the shift'),
});
export type Environment = z.infer<typeof Environment>;
export type RuntimeKind = Environment['runtime'];

/** An environment as it may be written: the same, where nothing need be said that goes without saying. */
export const WrittenEnvironment = Environment.extend({
  runtime: Environment.shape.runtime.default('aws'),
  port: Environment.shape.port
    .describe(
      `${Environment.shape.port.description}; when absent, the lowest from ${firstPublicPort} that no environment has`,
    )
    .optional(),
});
export type WrittenEnvironment = z.infer<typeof WrittenEnvironment>;

/** With the port that it has: each that declares none has the lowest from 8101 that no other has, in declared order. */
export function withPorts(written: readonly WrittenEnvironment[]): Environment[] {
  const taken = new Set(written.map(({ port }) => port));
  let next = firstPublicPort;
  return written.map(({ port, ...rest }) => {
    if (port !== undefined) return { ...rest, port };
    while (taken.has(next)) next++;
    taken.add(next);
    return { ...rest, port: next };
  });
}

/** The whole declaration, with the common service settings merged into every environment. */
export interface Declaration {
  readonly environments: readonly Environment[];
  /** Digest of the canonical declaration after overrides; recorded with every promotion. */
  readonly digest: string;
}
