import { asRecord, type Template, textOf } from '../template.ts';
import type { AssemblyFiles } from './files.ts';

interface AssetManifest {
  readonly files?: Readonly<Record<string, { readonly source?: { readonly path?: string } }>>;
}

/** Unpacked bytes of the functions whose code lies in the assembly as a directory, as the CDK makes assets by default. */
export async function codeBytesOf(
  files: AssemblyFiles,
  directory: string,
  stack: string,
  template: Template,
): Promise<ReadonlyMap<string, number>> {
  const text = (await files.text(`${directory}${stack}.assets.json`)) ?? '{}';
  const { files: assets = {} } = JSON.parse(text) as AssetManifest;
  const found = new Map<string, number>();
  for (const { id, type, properties } of template.resources.values()) {
    if (type !== 'AWS::Lambda::Function') continue;
    const key = textOf(asRecord(properties.Code).S3Key).replace(/\.zip$/, '');
    const path = assets[key]?.source?.path;
    const bytes = path ? await files.bytesBelow(`${directory}${path}`) : null;
    if (bytes !== null) found.set(id, bytes);
  }
  return found;
}
