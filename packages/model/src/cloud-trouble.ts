/** Why an AWS account did not do what it was asked, where no release is to blame: it is too busy or down for a moment, or it does not allow it. */
export type CloudTrouble = 'cloud-throttled' | 'cloud-denied';

/** As CloudFormation and the services write it; the codes are those of resource handlers. */
const words: readonly (readonly [CloudTrouble, RegExp])[] = [
  [
    'cloud-throttled',
    /\brate exceeded\b|\bthrottl(ing|ed)|too ?many ?requests|RequestLimitExceeded|\bSlowDown\b|service ?unavailable|internal ?(server ?)?(error|failure)|HandlerErrorCode: (ServiceInternalError|ServiceTimeout|NetworkFailure)/i,
  ],
  [
    'cloud-denied',
    /\bnot authorized to perform\b|\baccess ?denied|security token .*(invalid|expired)|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|\blimit ?exceeded\b|\bquota\b|HandlerErrorCode: (UnauthorizedTaggingOperation|InvalidCredentials|ServiceLimitExceeded)/i,
  ],
];

/** The trouble in AWS's own message; null: the message is about the request itself. */
export const cloudTroubleIn = (text: string): CloudTrouble | null =>
  words.find(([, pattern]) => pattern.test(text))?.[0] ?? null;

const throttled = /^(TimeoutError|Throttl.*|TooManyRequests.*|RequestLimitExceeded|CodeStorageThrottled|SlowDown)$/;
const denied =
  /^(AccessDenied.*|UnauthorizedOperation|ExpiredToken.*|InvalidClientTokenId|UnrecognizedClientException|CredentialsProviderError)$/;

/** The same of an error that the AWS SDK threw, alone or as the cause of others. Texts are not read: they may quote a release. */
export function cloudTrouble(error: unknown): CloudTrouble | null {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    const { name, $metadata } = at as Error & { readonly $metadata?: { readonly httpStatusCode?: number } };
    if (denied.test(name)) return 'cloud-denied';
    if ($metadata !== undefined && (($metadata.httpStatusCode ?? 0) >= 500 || throttled.test(name)))
      return 'cloud-throttled';
  }
  return null;
}
