import { cloudTrouble, type ErrorCode, SoundBiteError } from '@soundbite/model';

/** The operation on a bucket that failed. */
export type BucketOperation = 'list' | 'read' | 'write';

const permissionFor: Readonly<Record<BucketOperation, string>> = {
  list: 's3:ListBucket',
  read: 's3:GetObject',
  write: 's3:PutObject',
};

const noSuch = /^(NoSuchBucket|InvalidBucketName|PermanentRedirect|AuthorizationHeaderMalformed)$/;
const forbidden = /^(AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|CredentialsProviderError|InvalidToken)$/;
const full = /full|quota|storageexceeded|insufficientstorage/i;

/**
 * Maps an error of a bucket: it is away, denies access, or does not exist. It never says anything about a release. The
 * bucket's own message is kept.
 */
export function storeTrouble(address: string, asking: BucketOperation, error: unknown): SoundBiteError {
  if (error instanceof SoundBiteError) return error;
  const { name, status, words } = factsOf(error);
  const say = (code: ErrorCode, what: string, hint?: string) =>
    new SoundBiteError(code, `the shared release store ${address} ${what}: ${words}`, {
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    });
  if (noSuch.test(name) || /region is missing/i.test(words))
    return say('release-store-unusable', 'cannot be found', 'correct bucket and ?region= in SOUNDBITE_RELEASE_STORE');
  if (full.test(name) || status === 507)
    return say('release-store-refused', 'has no room', 'make room there, then: soundbite release push <release>');
  if (forbidden.test(name) || status === 401 || status === 403 || cloudTrouble(error) === 'cloud-denied')
    return say(
      'release-store-refused',
      `does not let this home ${asking}`,
      `aws sso login, or set AWS_PROFILE to credentials that have ${permissionFor[asking]} there`,
    );
  if (status === undefined || status >= 500 || cloudTrouble(error)) return say('release-store-down', 'does not answer');
  return say('release-store-refused', `refuses to ${asking}`);
}

function factsOf(error: unknown) {
  if (!(error instanceof Error)) return { name: '', status: undefined, words: String(error) };
  const { name, message, $metadata, code } = error as Error & {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly code?: unknown;
  };
  const status = $metadata?.httpStatusCode;
  const kind = typeof code === 'string' ? code : name;
  // A failed connection to several addresses has no message; the answer to a HEAD has no words but its status.
  const words = [status, message.includes(kind) ? null : kind, message || null].filter((word) => word != null);
  return { name, status, words: words.join(' ') };
}
