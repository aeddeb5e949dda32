import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { builtPageFile } from '@soundbite/model/page/built-page.ts';
import { repository } from './config.ts';

// node apps/dashboard/build/main.ts [file]: builds the page, and puts it there (apps/dashboard/dist/page.json). Two at once may do so.

// Libraries have a form for developers, too, and take this for which one is meant.
process.env.NODE_ENV = 'production';
const { builtPage } = await import('./build.ts');

const file = resolve(process.argv[2] ?? join(repository, builtPageFile.repository));
const fresh = `${file}.${process.pid}`;
try {
  await mkdir(dirname(file), { recursive: true });
  const { bytes, ...page } = await builtPage();
  await writeFile(fresh, JSON.stringify({ ...page, bytes }));
  await rename(fresh, file);
  await sweep(file);
  process.stdout.write(`${JSON.stringify({ file, bytes })}\n`);
} catch (error) {
  await rm(fresh, { force: true });
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** Removes what builds left behind that were killed. None takes so long as an hour. */
async function sweep(page: string): Promise<void> {
  for (const name of await readdir(dirname(page))) {
    const left = join(dirname(page), name);
    if (!left.startsWith(`${page}.`)) continue;
    const { mtimeMs } = await stat(left).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > 3_600_000) await rm(left, { force: true });
  }
}
