import { relative } from 'node:path';

/** A path as people read it from the directory in which they are. */
export function fromHere(path: string, cwd: string): string {
  const shown = relative(cwd, path);
  return shown.startsWith('..') ? path : shown;
}
