import { type Digest, namedProcess, processNameOf, shortDigest } from '@soundbite/model';

export const processName = (environment: string, component: string, release: Digest): string =>
  `service-${processNameOf(environment, component)}-${shortDigest(release)}`;

/** A process of a version: its component, and the short digest of its release. */
export interface VersionProcess {
  readonly component: string;
  readonly release: string;
}

/** Which one of an environment's versions a process is; null: none of them. Another environment's name may begin alike. */
export function versionProcess(environment: string, process: string): VersionProcess | null {
  const [, rest = '', release] = /^service-(.+)-([0-9a-f]{12})$/.exec(process) ?? [];
  const named = namedProcess(rest);
  return release !== undefined && named?.environment === environment ? { component: named.component, release } : null;
}
