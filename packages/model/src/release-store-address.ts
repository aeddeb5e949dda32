import { SoundBiteError } from './errors.ts';
import { isLoopbackHost } from './loopback.ts';

/** The variable that names the release store which homes share. */
export const releaseStoreVariable = 'SOUNDBITE_RELEASE_STORE';

/** Where the release store that homes share is. It holds no secrets: credentials are those that the AWS SDK finds. */
export interface ReleaseStoreAddress {
  readonly bucket: string;
  /** Before every key: empty, or ends with a slash. */
  readonly prefix: string;
  /** Absent: the one that the AWS SDK finds. */
  readonly region?: string;
  /** Of a store that speaks S3 and is not AWS. */
  readonly endpoint?: string;
}

const form = 's3://<bucket>/<prefix>';
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Characters that are safe in keys, so that an address can be copied into any command. */
const prefixPath = /^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\/?$/;
const regionName = /^[a-z0-9-]{1,40}$/;

/**
 * `s3://bucket/prefix`, with `?region=` where the SDK does not find the right one, and `?endpoint=` where the bucket is not on AWS.
 * Errors: `release-store-unusable`. They name no value that may hold a secret.
 */
export function parseReleaseStore(text: string): ReleaseStoreAddress {
  if (/[@\s]/.test(text)) throw unusable('holds credentials or blanks; it names a bucket only');
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 's3:') throw unusable(`must be ${form}, not "${text.replace(/\?.*/s, '')}"`);
  if (!bucketName.test(url.host)) throw unusable(`must be ${form}, and "${url.host}" is not a bucket name`);
  if (!prefixPath.test(url.pathname) || url.hash !== '')
    throw unusable(`has the prefix "${url.pathname.slice(1)}${url.hash}"; use letters, digits, . _ - and /`);
  for (const name of url.searchParams.keys())
    if (name !== 'region' && name !== 'endpoint') throw unusable(`takes ?region= and ?endpoint=, not ?${name}=`);
  const [region, endpoint] = [url.searchParams.get('region'), url.searchParams.get('endpoint')];
  if (region !== null && !regionName.test(region)) throw unusable('has an invalid ?region=, such as eu-central-1');
  const path = url.pathname.replace(/^\/|\/$/g, '');
  return {
    bucket: url.host,
    prefix: path === '' ? '' : `${path}/`,
    ...(region === null ? {} : { region }),
    ...(endpoint === null ? {} : { endpoint: endpointOf(endpoint) }),
  };
}

/** The address as shown to people. */
export const releaseStoreText = ({ bucket, prefix }: ReleaseStoreAddress): string =>
  `s3://${bucket}/${prefix}`.replace(/\/$/, '');

function endpointOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url !== null && url.pathname === '/' && url.search === '' && url.hash === '';
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.host));
  if (isPlain && isSafe) return url.origin;
  throw unusable('has an ?endpoint= that must be https://<host>, or http:// on this machine');
}

const unusable = (what: string): SoundBiteError =>
  new SoundBiteError('release-store-unusable', `${releaseStoreVariable} ${what}`);
