import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Digest of the sources of a directory, 16 hex digits. In the spec of a process it makes other code another spec: an upgrade replaces the process. */
export function codeOf(directory: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()) {
    if (/\.(ts|mjs|py|txt)$/.test(name) && !name.endsWith('.test.ts'))
      hash.update(`${name}\0`).update(readFileSync(join(directory, name)));
  }
  return hash.digest('hex').slice(0, 16);
}
