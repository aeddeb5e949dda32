import type { Settings } from '../settings.ts';

/**
 * What every AWS client of the service is made with. Credentials come by the SDK's own chain (a role on Lambda, an endpoint
 * of expiring credentials for local processes); an emulated account's address by AWS_ENDPOINT_URL, which the SDK reads itself.
 */
export function clientOptions(settings: Settings) {
  return {
    region: settings.region,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 6_000, throwOnRequestTimeout: true },
  };
}

/** The name of an error of the SDK (`ConditionalCheckFailedException`), or of any other. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}
