import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Settings } from '../settings.ts';

/**
 * What every AWS client of the service is made with. Credentials come by the SDK's own chain (a role on Lambda, an endpoint
 * of expiring credentials for local processes); an emulated account's address by AWS_ENDPOINT_URL, which the SDK reads itself.
 * @param requestTimeout milliseconds until an answer begins; speech takes longer than a record
 */
export function clientOptions(settings: Settings, requestTimeout = 6_000) {
  return {
    region: settings.region,
    maxAttempts: 3,
    // HTTP/1.1 for all: Polly's client would speak HTTP/2, which an emulated account does not.
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 1_000,
      requestTimeout,
      throwOnRequestTimeout: true,
    }),
  };
}

/** The name of an error of the SDK (`ConditionalCheckFailedException`), or of any other. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}

/** Names by which AWS's services turn away what is too much at once. */
const THROTTLING = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottledException',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** Whether an error says that there were too many requests, and nothing about this one. */
export function isThrottling(error: unknown): boolean {
  const status = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
  return THROTTLING.has(errorName(error)) || status === 429;
}
