import type { Digest } from '@soundbite/model';

/** The key of a release's manifest: beside the folder of its files, so that one listing shows what is whole. */
export const manifestKey = (digest: Digest): string => `${keysOf(digest)}.json`;

/** The key of one file of a release. */
export const fileKey = (digest: Digest, path: string): string => `${keysOf(digest)}/${path}`;

/** What all keys of a release begin with. */
export const keysOf = (digest: Digest): string => digest.slice('sha256:'.length);
