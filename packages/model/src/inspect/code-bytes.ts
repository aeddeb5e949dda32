import { asRecord, type Template, textOf } from '../template.ts';
import type { AssemblyFiles } from './files.ts';

interface AssetManifest {
  readonly files?: Readonly<Record<string, { readonly source?: { readonly path?: string } }>>;
}

/** Unpacked bytes of functions with their layers, as far as these lie in the assembly: as directories, as the CDK makes assets by default, or as zips. */
export async function codeBytesOf(
  files: AssemblyFiles,
  directory: string,
  stack: string,
  template: Template,
): Promise<ReadonlyMap<string, number>> {
  const text = (await files.text(`${directory}${stack}.assets.json`)) ?? '{}';
  const { files: assets = {} } = JSON.parse(text) as AssetManifest;
  const bytesOf = async (content: unknown): Promise<number | null> => {
    const key = textOf(asRecord(content).S3Key).replace(/\.zip$/, '');
    const path = assets[key]?.source?.path;
    return path ? files.unpackedBytes(`${directory}${path}`) : null;
  };
  const found = new Map<string, number>();
  for (const { id, type, properties } of template.resources.values()) {
    if (type !== 'AWS::Lambda::Function') continue;
    const layers = layersOf(template, properties.Layers).map((layer) => bytesOf(layer.properties.Content));
    const known = (await Promise.all([bytesOf(properties.Code), ...layers])).filter((bytes) => bytes !== null);
    if (known.length > 0)
      found.set(
        id,
        known.reduce((sum, bytes) => sum + bytes, 0),
      );
  }
  return found;
}

/** The layers of a function that its own stack makes. */
const layersOf = (template: Template, layers: unknown) =>
  (Array.isArray(layers) ? layers : []).flatMap((layer) => {
    const { Ref } = asRecord(layer);
    const resource = typeof Ref === 'string' ? template.resources.get(Ref) : undefined;
    return resource?.type === 'AWS::Lambda::LayerVersion' ? [resource] : [];
  });
