/** The files of a cloud assembly, by their paths below it: `OrdersApi.template.json`. */
export interface AssemblyFiles {
  /** What a file holds; null: there is none. Errors: `assembly-unreadable`. */
  text(path: string): Promise<string | null>;
  /** Bytes of an asset when it is unpacked: of all files below a directory, or in a zip; null: it is neither. */
  unpackedBytes(path: string): Promise<number | null>;
  /** A path as people find it: `cdk.out/OrdersApi.template.json`. */
  shown(path: string): string;
  /** A place of the source, absolute, as people find it: `infra/app.ts`. */
  source(path: string): string;
}
