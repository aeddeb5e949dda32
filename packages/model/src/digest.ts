import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';

// Known without the schema: it is asked in browsers, too.
export { shortDigest } from './short-digest.ts';

/** A SHA-256 digest in the form `sha256:<64 lower-case hex digits>`. */
export type Digest = `sha256:${string}`;

const notADigest = 'is not a digest; a digest is sha256: and 64 hex digits';

/** A string schema underneath (not `z.custom`), so that JSON Schema and OpenAPI can say what it is. */
export const Digest = z.string(notADigest).regex(/^sha256:[0-9a-f]{64}$/, notADigest) as unknown as z.ZodType<
  Digest,
  Digest
>;

/** The digest of bytes or of a text's UTF-8 bytes. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** JSON by RFC 8785 (JCS): the one spelling of a value, so that its digest means something. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('this value has no JSON form');
  return text;
}
