import { type Digest, parseReleaseStore } from '@soundbite/model';
import { releaseStore, s3Bucket, sharedReleases, sharingStore } from '@soundbite/release';

/** Fetches a release from a shared store into a home's own; arguments: SOUNDBITE_RELEASE_STORE, the directory, the digest. */
const [store = '', directory = '', digest = ''] = process.argv.slice(2);
const shared = sharedReleases(s3Bucket(parseReleaseStore(store)));
await sharingStore(directory, releaseStore(directory), shared).get(digest as Digest);
