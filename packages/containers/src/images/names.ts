import { type ImageName, type ImageOrder, shortDigest } from '@soundbite/model';
import { shortInstallation } from '../names.ts';

type ReleaseName = Pick<ImageName, 'service' | 'release'>;

/** What the images of a service are called on an engine, where services of several repositories may be; an engine takes no name that ends with a dash. */
const repositoryOf = ({ service }: Pick<ImageName, 'service'>): string => `soundbite-${service.replace(/-+$/, '')}`;

/** The application image of a release: what all its environments share. */
export const applicationTag = (name: ReleaseName): string => `${repositoryOf(name)}:${shortDigest(name.release)}`;

/**
 * A release for an environment of a home (`installation`: its id). Another home on the engine may make another image of both, with the settings of its own version of SoundBite: the
 * name of ours would then be on that one, which is drift.
 */
export const imageTag = (name: ImageName, installation: string): string =>
  `${sharedImageTag(name)}-${shortInstallation(installation)}`;

const sharedImageTag = (name: ImageName): string => `${applicationTag(name)}-${name.environment}`;

/** The same as images were called before they said whose they are, and before they said the service's name; the newest first. */
export const earlierImageTags = (name: ImageName): readonly string[] => [
  sharedImageTag(name),
  `soundbite-service:${shortDigest(name.release)}-${name.environment}`,
];

/** Says in an image for which environment it is. */
export const environmentLabel = 'dev.soundbite.environment';

/** What an application image says of itself: who made it when is the commit's, so that it depends on the release alone. */
export const applicationLabels = ({
  service,
  release,
  commit,
  committedAt,
}: ImageOrder): Readonly<Record<string, string>> => ({
  'dev.soundbite.release': release,
  'org.opencontainers.image.created': committedAt,
  'org.opencontainers.image.revision': commit,
  'org.opencontainers.image.title': service,
  'org.opencontainers.image.version': shortDigest(release),
});

export const imageLabels = (order: ImageOrder): Readonly<Record<string, string>> => ({
  ...applicationLabels(order),
  [environmentLabel]: order.environment,
});
