import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Clouds, type Declaration, type Environment, fixedNames, SoundBiteError } from '@soundbite/model';
import { environmentNamed } from './declaration.ts';

/** How long a service process keeps its credentials before it asks again (ms): expiring ones, so that a stopped promise is noticed here. */
const lifetime = 15 * 60_000;

export interface CredentialsEndpoint {
  /** The environment variables by which the AWS SDK of a service process finds the credentials of its role here; `identity` as `processIdentity` says it. */
  env(environment: Environment, identity: string): Promise<Record<string, string>>;
  /** The answer to the SDK's request. Errors: `credentials-refused`. */
  answer(
    environment: string,
    part: string | undefined,
    authorization: string | undefined,
  ): Promise<ContainerCredentials>;
}

/** The document that SDKs expect of a container credentials provider. */
interface ContainerCredentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string | undefined;
  readonly Expiration: string;
}

/**
 * Gives local service processes the credentials of their own roles, as ECS and EKS do for containers. The token is derived from the home's secret:
 * it stays the same when the control plane restarts, and opens one role of one environment only.
 */
export function credentialsEndpoint(options: {
  readonly secret: string;
  readonly url: () => string;
  readonly declaration: () => Declaration;
  readonly clouds: Clouds;
  /** The user's settings for reaching real accounts (`AWS_USE_FIPS_ENDPOINT`, …); processes on emulated accounts do not get them. */
  readonly userSettings: Readonly<Record<string, string>>;
}): CredentialsEndpoint {
  const token = (environment: string, part: string) =>
    createHmac('sha256', options.secret).update(`credentials\n${environment}\n${part}`).digest('base64url');
  return {
    async env({ name, cloud }, identity) {
      return {
        ...(cloud.kind === 'real' ? options.userSettings : {}),
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${options.url()}/credentials/${name}?part=${encodeURIComponent(identity)}`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: token(name, identity),
      };
    },
    async answer(name, part, authorization) {
      const expected = Buffer.from(token(name, part ?? ''));
      const given = Buffer.from(authorization ?? '');
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        throw new SoundBiteError('credentials-refused', `no credentials of ${part ?? 'nobody'} with this token`, {
          hint: 'these are for the service processes only',
        });
      }
      const environment = environmentNamed(options.declaration(), name);
      const cloud = await options.clouds.of(environment);
      const { credentials } = await cloud.access({ role: roleOf(environment, part ?? '') });
      const expiry = Math.min(credentials.expiration ?? Number.POSITIVE_INFINITY, Date.now() + lifetime);
      return {
        AccessKeyId: credentials.accessKeyId,
        SecretAccessKey: credentials.secretAccessKey,
        Token: credentials.sessionToken,
        Expiration: new Date(expiry).toISOString(),
      };
    },
  };
}

/** An identity is a role's ARN; processes of releases of before have a word instead. */
function roleOf({ name, cloud }: Environment, identity: string): string {
  if (identity.startsWith('arn:')) return identity;
  const { apiRole, workerRole } = fixedNames(name);
  return `arn:aws:iam::${cloud.account}:role/${identity === 'worker' ? workerRole : apiRole}`;
}
