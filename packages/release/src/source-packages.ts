import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { packageOf } from './package-place.ts';

/**
 * Preloaded into the synthesis: at its end the modules that were loaded over a package's border are written down, for the cut to hold against the lockfile. A
 * workspace is none of its packages, so constructs that take one are refused.
 */
const { SOUNDBITE_SOURCE: source, SOUNDBITE_MODULES: list } = process.env;

if (source && list) {
  const used = new Set<string>();
  const note = (path: string, importer: string) => {
    if (packageOf(path) === packageOf(importer) && path.startsWith(within)) return;
    used.add(JSON.stringify({ path: pathIn(source, path), importer: pathIn(source, importer) }));
  };
  const within = pathToFileURL(join(source, '/')).href;
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const { parentURL = '' } = context;
      if (found.url.startsWith('file:') && parentURL.startsWith('file:')) note(found.url, parentURL);
      return found;
    },
  });
  process.once('exit', () => writeFileSync(list, `[${[...used].join()}]`));
}

function pathIn(directory: string, url: string): string {
  return relative(directory, fileURLToPath(url));
}
