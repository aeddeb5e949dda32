import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Preloaded into the synthesis: workspace packages come from the source that is cut, also when its node_modules is a link
 * to another repository's. Without it a copy would be synthesised with the other repository's model.
 */
const source = process.env.SOUNDBITE_SOURCE;
const workspace = /^@soundbite\/([a-z-]+)$/;

if (source) {
  registerHooks({
    resolve(specifier, context, next) {
      const name = workspace.exec(specifier)?.[1];
      if (!name) return next(specifier, context);
      return next(pathToFileURL(join(source, 'packages', name, 'src', 'index.ts')).href, context);
    },
  });
}

// A cut that is killed leaves nobody to read what this process writes: it ends as well, at the next pause of the synthesis.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(1);
}, 50).unref();
