/** `sha256:0123456789ab…` → `0123456789ab`: enough for people to tell releases apart. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}
