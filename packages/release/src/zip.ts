import { type AsyncZippable, zip } from 'fflate';

const unix = 3;
const readable = 0o100644 << 16;
const executable = 0o100755 << 16;

/**
 * A zip whose bytes depend on names, contents and what is executable only: names in order, one time, two modes. Compressed in JavaScript (in
 * worker threads), because zlib's output differs between processors.
 */
export function zipFiles(
  files: ReadonlyMap<string, Uint8Array>,
  executables: ReadonlySet<string> = new Set(),
): Promise<Uint8Array> {
  // The first moment that a zip can name, by the local calendar, which is the one a zip uses.
  const mtime = new Date(1980, 0, 1);
  const entries: AsyncZippable = {};
  for (const name of [...files.keys()].sort()) {
    const bytes = files.get(name);
    const attrs = executables.has(name) ? executable : readable;
    if (bytes) entries[name] = [bytes, { mtime, os: unix, attrs, level: 1 }];
  }
  return new Promise((resolve, reject) => {
    zip(entries, (error, bytes) => (error ? reject(error) : resolve(bytes)));
  });
}
