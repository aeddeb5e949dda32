import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { asRecord, type Template, textOf } from '@soundbite/model/template.ts';

interface AssetManifest {
  readonly files?: Readonly<Record<string, { readonly source?: { readonly path?: string } }>>;
}

/** Unpacked bytes of the functions whose code lies in the assembly as a directory, as the CDK makes assets by default. */
export async function codeBytesOf(
  directory: string,
  stack: string,
  template: Template,
): Promise<ReadonlyMap<string, number>> {
  const text = await readFile(join(directory, `${stack}.assets.json`), 'utf8').catch(() => '{}');
  const { files = {} } = JSON.parse(text) as AssetManifest;
  const found = new Map<string, number>();
  for (const { id, type, properties } of template.resources.values()) {
    if (type !== 'AWS::Lambda::Function') continue;
    const key = textOf(asRecord(properties.Code).S3Key).replace(/\.zip$/, '');
    const path = files[key]?.source?.path;
    const bytes = path ? await bytesBelow(join(directory, path)) : null;
    if (bytes !== null) found.set(id, bytes);
  }
  return found;
}

/** Null: it is no directory. */
async function bytesBelow(directory: string): Promise<number | null> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => null);
  if (!entries) return null;
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
