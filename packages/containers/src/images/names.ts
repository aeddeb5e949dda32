import { type Digest, type ImageOrder, shortDigest } from '@soundbite/model';

/** The application image of a release: what all its environments share. */
export const applicationTag = (release: Digest): string => `soundbite-service:${shortDigest(release)}`;

/** A release for an environment. */
export const imageTag = (release: Digest, environment: string): string => `${applicationTag(release)}-${environment}`;

/** Says in an image for which environment it is. */
const environmentLabel = 'dev.soundbite.environment';

/** What an application image says of itself: who made it when is the commit's, so that it depends on the release alone. */
export const applicationLabels = ({ release, commit, committedAt }: ImageOrder): Readonly<Record<string, string>> => ({
  'dev.soundbite.release': release,
  'org.opencontainers.image.created': committedAt,
  'org.opencontainers.image.revision': commit,
  'org.opencontainers.image.title': 'soundbite-service',
  'org.opencontainers.image.version': shortDigest(release),
});

export const imageLabels = (order: ImageOrder): Readonly<Record<string, string>> => ({
  ...applicationLabels(order),
  [environmentLabel]: order.environment,
});
