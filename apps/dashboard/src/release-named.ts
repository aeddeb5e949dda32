import type { Digest } from '@soundbite/model/digest.ts';

/** What an address calls a release: its digest, or the first digits that people copy, 4 or more. Null: it is neither. */
export function releaseNamed(text: string): { readonly digest: Digest } | { readonly digits: string } | null {
  const digits = text
    .trim()
    .toLowerCase()
    .replace(/^sha256:/, '');
  if (!/^[0-9a-f]{4,64}$/.test(digits)) return null;
  return digits.length === 64 ? { digest: `sha256:${digits}` } : { digits };
}
