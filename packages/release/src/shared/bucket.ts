import type { Readable } from 'node:stream';

/** An object in a bucket; `key` is below the store's prefix. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  /** When it was put, in ms since 1970. */
  readonly at: number;
}

/** The bucket operations of a shared store. Keys are below the store's prefix. Errors: those of storeTrouble. */
export interface Bucket {
  /** For people: `s3://bucket/prefix`. */
  readonly address: string;
  /** Objects whose keys begin so; with `top`, only those with no slash after that. */
  list(beginning: string, options?: { readonly top?: true }): Promise<readonly StoredObject[]>;
  /** An object and its size; null: there is none. */
  read(key: string): Promise<{ readonly bytes: number; readonly body: Readable } | null>;
  /** SHA-256 in hex as the bucket computed it when the object was put; null: it does not know. */
  sha256(key: string): Promise<string | null>;
  /** Puts an object that is not there; the bucket refuses bytes of another digest (hex). `exists`: it is there, and was left as it is. */
  create(key: string, body: Uint8Array, sha256: string): Promise<'created' | 'exists'>;
}
