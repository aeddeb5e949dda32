import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runEntry } from './child-entry.ts';
import { readHome } from './home.ts';
import type { Shell } from './shell.ts';

/**
 * What ends a home's containers; null where it has none, and where they are those of the home that it was copied from: then no engine is asked, which may not be there.
 */
export async function containersOfHome(shell: Shell): Promise<(() => Promise<void>) | null> {
  const now = await readHome(shell.home);
  if (now === null || now.isCopy || !(await holdsContainers(join(shell.home, 'versions')))) return null;
  return async () => {
    await runEntry(shell, 'packages/containers/src/down-main.ts', [now.mark.id]);
  };
}

/** Versions are on record in `<release>/<environment>.json`; those that are containers name their image. */
async function holdsContainers(versions: string): Promise<boolean> {
  const files = await readdir(versions, { recursive: true }).catch(() => []);
  const records = files.filter((file) => /^[0-9a-f]{64}\/[^/]+\.json$/.test(file));
  const texts = await Promise.all(records.map((file) => readFile(join(versions, file), 'utf8').catch(() => '')));
  return texts.some((text) => text.includes('"image":"sha256:'));
}
