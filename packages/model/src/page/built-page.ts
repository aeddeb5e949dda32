import { z } from 'zod';
import { Digest } from '../digest.ts';

/** A file that the page loads, by its name below `/assets/`. */
const Asset = z.strictObject({
  /** Its `content-type`. */
  type: z.string(),
  base64: z.base64(),
});

/**
 * The page as it was built, in one file: it is replaced as a whole by a rename, so whoever reads it has files that belong together, and whatever a
 * request asks for is looked up here and never on the disk.
 */
export const BuiltPage = z.strictObject({
  format: z.literal(1),
  /** What it was made of: the digests of files, by their paths in the repository. With all of them the same, it would be the same. */
  inputs: z.record(z.string(), Digest),
  /** The document. */
  index: z.string(),
  assets: z.record(z.string().regex(/^[\w.-]+$/), Asset),
  /** Of the packages that it contains. */
  licenses: z.string(),
  /** What a browser loads, compressed by gzip, in bytes: the scripts before anything is seen, and all files. */
  bytes: z.strictObject({ firstScripts: z.number(), all: z.number() }),
});
export type BuiltPage = z.infer<typeof BuiltPage>;

/** Where it is, from the directory of the installation. */
export const builtPageFile = { repository: 'apps/dashboard/dist/page.json', packaged: 'dist/page.json' } as const;
