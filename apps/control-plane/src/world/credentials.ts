import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Clouds, type Declaration, SoundBiteError } from '@soundbite/model';
import { environmentNamed } from './declaration.ts';

/** How long a service process keeps its credentials before it asks again (ms): expiring ones, so that a stopped promise is noticed here. */
const lifetime = 15 * 60_000;

export interface CredentialsEndpoint {
  /** The environment variables by which an AWS SDK finds its credentials here. */
  env(environment: string, roleArn: string): Promise<Record<string, string>>;
  /** The answer to the SDK's request. Errors: `credentials-refused`. */
  answer(environment: string, roleArn: string, authorization: string | undefined): Promise<ContainerCredentials>;
}

/** The document that SDKs expect of a container credentials provider. */
export interface ContainerCredentials {
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
}): CredentialsEndpoint {
  const token = (environment: string, roleArn: string) =>
    createHmac('sha256', options.secret).update(`credentials\n${environment}\n${roleArn}`).digest('base64url');
  return {
    async env(environment, roleArn) {
      return {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${options.url()}/credentials/${environment}?role=${encodeURIComponent(roleArn)}`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: token(environment, roleArn),
      };
    },
    async answer(environment, roleArn, authorization) {
      const expected = Buffer.from(token(environment, roleArn));
      const given = Buffer.from(authorization ?? '');
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        throw new SoundBiteError('credentials-refused', `no credentials of ${roleArn} with this token`, {
          source: 'user',
          mend: 'these are for the service processes only',
        });
      }
      const cloud = await options.clouds.of(environmentNamed(options.declaration(), environment));
      const { credentials } = await cloud.access({ role: roleArn });
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
