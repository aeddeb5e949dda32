import { z } from 'zod';
import { DeclaredGate, WrittenGate } from '../gates/declared.ts';

/**
 * What the service is told in an environment, as JSON: its own schema says what it may hold. They travel with the release: an old release comes back
 * with the settings it was cut with.
 */
export const DeclaredSettings = z
  .record(z.string(), z.unknown())
  .describe(
    'settings of the service: what its schema allows, which service.yaml names; they override the shared ones key by key',
  );

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

/** The port of the first environment that declares none; the control plane's own stands before it, the emulated accounts' after the tenth. */
const firstPublicPort = 8101;

export const Environment = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/, 'must be 2 to 31 of a-z, 0-9 and -, starting with a letter'),
  cloud: CloudDeclaration,
  runtime: z
    .enum(['process', 'compose', 'aws'])
    .describe('process: Node processes on this machine; compose: containers of a Docker engine on it; aws: Lambda'),
  port: z
    .int()
    .min(1024)
    .max(65_535)
    .describe('the preferred port of its stable URL on this machine; if it is taken, a free one near it'),
  protected: z.boolean().describe('deletion and termination protection; destroy asks for the name'),
  authorizer: z
    .strictObject({ issuer: z.url({ protocol: /^https$/ }), audience: z.array(z.string().min(1)).min(1) })
    .describe(
      'JWT authorizer of the public API, which the app is told; service.yaml may require it on real accounts. `health` then asks the public address only whether it refuses who has no token',
    )
    .optional(),
  settings: DeclaredSettings,
  gates: z.array(DeclaredGate).describe('what a promotion into it has to pass'),
  supersede: z
    .boolean()
    .describe('a newer release that is promoted into it closes what waits there with an older one')
    .optional(),
  stacks: z
    .array(z.string())
    .min(1)
    .describe('the names of its stacks, in the order in which they are deployed; absent: one, of the usual name')
    .optional(),
});
export type Environment = z.infer<typeof Environment>;
export type RuntimeKind = Environment['runtime'];

/** An environment as it may be written: the same, where nothing need be said that goes without saying. Its stacks are said in service.yaml. */
export const WrittenEnvironment = Environment.omit({ stacks: true }).extend({
  runtime: Environment.shape.runtime.default('aws'),
  port: Environment.shape.port
    .describe(
      `${Environment.shape.port.description}; when absent, the lowest from ${firstPublicPort} that no environment has`,
    )
    .optional(),
  settings: DeclaredSettings.nullish(),
  gates: z.array(WrittenGate).describe(`${Environment.shape.gates.description}`),
});
export type WrittenEnvironment = z.infer<typeof WrittenEnvironment>;

/** As they are from then on: each that declares no port has the lowest from 8101 that no other has, in declared order. */
export function asDeclared(written: readonly WrittenEnvironment[]): Environment[] {
  const taken = new Set(written.map(({ port }) => port));
  let next = firstPublicPort;
  return written.map(({ port, settings, ...rest }) => {
    const whole = { ...rest, settings: settings ?? {} };
    if (port !== undefined) return { ...whole, port };
    while (taken.has(next)) next++;
    taken.add(next);
    return { ...whole, port: next };
  });
}

/** The whole declaration, with the shared settings merged into every environment. */
export interface Declaration {
  readonly environments: readonly Environment[];
  /** Digest of the canonical declaration after overrides; recorded with every promotion. */
  readonly digest: string;
}
