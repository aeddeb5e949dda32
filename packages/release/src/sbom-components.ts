import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, type Release, SoundBiteError } from '@soundbite/model';
import { z } from 'zod';
import { sbomPath } from './sbom-before.ts';

/** A package of which a release is made. */
export interface SbomComponent {
  /** With its scope. */
  readonly name: string;
  readonly version: string | null;
  /** As the package says it: an SPDX id or expression, or a name; null: it does not. */
  readonly license: string | null;
  readonly purl: string | null;
}

/** As much of CycloneDX as is read; what is otherwise in a component is not looked at. */
const Component = z.object({
  group: z.string().nullish(),
  name: z.string(),
  version: z.string().nullish(),
  purl: z.string().nullish(),
  licenses: z
    .array(
      z.object({
        expression: z.string().nullish(),
        license: z.object({ id: z.string().nullish(), name: z.string().nullish() }).nullish(),
      }),
    )
    .nullish(),
});
const CycloneDx = z.object({ components: z.array(Component).default([]) });

/** The components of a release, by name; null: it has no SBOM, since its service is of no packages. Errors: `release-altered`, of one whose bytes are not those of its manifest. */
export async function sbomComponents({
  digest,
  directory,
  manifest,
}: Pick<Release, 'digest' | 'directory' | 'manifest'>): Promise<readonly SbomComponent[] | null> {
  const recorded = manifest.files.find(({ path }) => path === sbomPath)?.sha256;
  if (recorded === undefined) return null;
  const bytes = await readFile(join(directory, sbomPath)).catch(unlessGone);
  const read = bytes !== null && digestOf(bytes) === `sha256:${recorded}` ? CycloneDx.safeParse(jsonIn(bytes)) : null;
  if (!read?.success)
    throw new SoundBiteError('release-altered', `${digest} was altered: ${sbomPath}`, {
      hint: `soundbite release verify ${digest}`,
      path: sbomPath,
    });
  return read.data.components.map(shown).toSorted((one, other) => one.name.localeCompare(other.name));
}

/** What cannot be read is no altered file. */
function unlessGone(error: NodeJS.ErrnoException): null {
  if (error.code !== 'ENOENT') throw error;
  return null;
}

function jsonIn(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

const shown = ({ group, name, version, purl, licenses }: z.infer<typeof Component>): SbomComponent => ({
  name: group ? `${group}/${name}` : name,
  version: version ?? null,
  license:
    (licenses ?? [])
      .flatMap(({ expression, license }) => expression ?? license?.id ?? license?.name ?? [])
      .join(', ') || null,
  purl: purl ?? null,
});
