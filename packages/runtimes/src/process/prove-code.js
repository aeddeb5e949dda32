// Loaded before a version's own code by `node --import`, at each of its starts, those by the host alone included: code that is not what was
// released does not run. JavaScript, so that a start does not wait for Node's TypeScript.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One digest over every file below a directory; see code-files.ts, which computes the same from the release's bundle. */
function digestOf(directory) {
  const lines = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [file.slice(directory.length + 1), createHash('sha256').update(readFileSync(file)).digest('hex')])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, sha256]) => `${sha256} ${path}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}

const asked = new URL(import.meta.url).searchParams;
const directory = process.cwd();
if (digestOf(directory) !== asked.get('digest')) {
  process.stderr.write(
    `the code in ${directory} is not what was released, so it is not started; promote the release again to put it back\n`,
  );
  process.exit(1);
}
