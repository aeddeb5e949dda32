import { type AsyncZippable, zip } from 'fflate';

const unix = 3;
const readable = 0o100644 << 16;

/**
 * A zip whose bytes depend on names and contents only: names in order, one time, one mode. Compressed in JavaScript (in
 * worker threads), because zlib's output differs between processors.
 */
export function zipFiles(files: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  // The first moment that a zip can name, by the local calendar, which is the one a zip uses.
  const mtime = new Date(1980, 0, 1);
  const entries: AsyncZippable = {};
  for (const name of [...files.keys()].sort()) {
    const bytes = files.get(name);
    if (bytes) entries[name] = [bytes, { mtime, os: unix, attrs: readable, level: 1 }];
  }
  return new Promise((resolve, reject) => {
    zip(entries, (error, bytes) => (error ? reject(error) : resolve(bytes)));
  });
}
