import type { CloudDeclaration, Environment } from '../declaration/shape.ts';

/** AWS credentials as values; `expiration` in ms since 1970. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: number;
}

/**
 * How to reach an account: everything an AWS SDK client needs, as values. `endpoint` is set for emulated accounts only; `shownEndpoint` where people reach
 * that one elsewhere: in a house of containers that is published at another address.
 */
export interface CloudAccess {
  readonly kind: CloudDeclaration['kind'];
  readonly account: string;
  readonly region: string;
  readonly endpoint?: string;
  readonly shownEndpoint?: string;
  readonly credentials: Credentials;
}

/**
 * The client options of an access, to spread into any AWS SDK client. An emulated account is reached by these alone; for a real one the
 * user's own settings (FIPS, retries, profiles) count beside them.
 */
export function clientOptions(access: CloudAccess) {
  const { expiration, ...credentials } = access.credentials;
  return {
    ...(access.kind === 'emulated' ? loopbackOptions : {}),
    region: access.region,
    ...(access.endpoint === undefined ? {} : { endpoint: access.endpoint }),
    credentials: { ...credentials, ...(expiration === undefined ? {} : { expiration: new Date(expiration) }) },
  };
}

/**
 * Every option that an SDK client would otherwise read from variables or `~/.aws/config`: those of a user who works with AWS must neither break
 * nor redirect calls to loopback. The table in docs/decisions/0027 names them all.
 */
export const loopbackOptions = {
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  defaultsMode: 'standard',
  maxAttempts: 3,
  retryMode: 'standard',
  accountIdEndpointMode: 'disabled',
  endpointDiscoveryEnabled: false,
  authSchemePreference: [] as string[],
  requestChecksumCalculation: 'WHEN_SUPPORTED',
  responseChecksumValidation: 'WHEN_SUPPORTED',
  useArnRegion: false,
  disableMultiregionAccessPoints: true,
  disableS3ExpressSessionAuth: true,
  userAgentAppId: 'soundbite',
} as const;

/** As whom to act: `administrator` bootstraps and destroys; `controller` promotes; a role ARN is assumed by the controller. */
export type Identity = 'administrator' | 'controller' | { readonly role: string };

/**
 * An AWS account and region, emulated or real, as one environment sees it.
 * Errors: `cloud-identity` when GetCallerIdentity names another account, `cloud-credentials` when there are none or they expired.
 */
export interface Cloud {
  readonly kind: CloudDeclaration['kind'];
  /** Fresh access for an identity; the identity of the account is asserted before the first use. */
  access(identity: Identity): Promise<CloudAccess>;
  /** Emulated: snapshot to disk now. Real: nothing to do. */
  checkpoint(): Promise<void>;
  /**
   * The revision of the account's configuration: another one after whatever anybody changes, so that a look holds while it is the same. Null: it does
   * not say, or something is on its way. Absent: real, nobody can tell.
   */
  configuration?(): Promise<string | null>;
}

/** Binds environments to clouds. Starting an emulated account is idempotent. */
export interface Clouds {
  of(environment: Environment): Promise<Cloud>;
}
