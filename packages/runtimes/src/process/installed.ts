import { join } from 'node:path';
import { type Digest, processesOf, type Release } from '@soundbite/model';
import { type HeldVersions, heldVersions, type Installed } from '../versions/held.ts';
import { inTurn } from '../versions/turns.ts';
import { unzipCode } from './code.ts';

/** The versions that run as processes: beside what `HeldVersions` keeps, `<64 hex>/code/` (the unzipped bundle, shared). */
export interface InstalledStore extends HeldVersions {
  codeOf(release: Digest): string;
  /**
   * Unzips the code and remembers that the environment holds it; what another environment gives back meanwhile stays. `changed` names the
   * files that somebody had changed and that were set aside. Errors: `code-altered`.
   */
  install(
    environment: string,
    release: Release,
  ): Promise<{ readonly installed: Installed; readonly changed: string[] }>;
}

/** `isAsReleased`: whether a directory holds just the code of a release; unzipping it to compare takes a second of a core. */
export function installedStore(
  root: string,
  isAsReleased: (directory: string, release: Digest) => Promise<boolean> = async () => false,
): InstalledStore {
  const held = heldVersions(root);
  const codeOf = (release: Digest) => join(held.directoryOf(release), 'code');
  return {
    ...held,
    codeOf,
    install: (environment, release) =>
      inTurn(held.directoryOf(release.digest), async () => {
        const code = codeOf(release.digest);
        const changed = (await isAsReleased(code, release.digest)) ? [] : await unzipCode(release, code);
        return { installed: await held.hold(environment, release.digest, processesOf(release.manifest)), changed };
      }),
  };
}
