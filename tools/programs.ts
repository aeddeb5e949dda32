import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The whole Chromium, as people have it. */
export const wholeChromium: readonly string[] = ['chromium', 'chromium-browser', 'google-chrome'];

/** Any Chromium. The first one needs half the processor of the others for the same page: it has no windows. */
export const anyChromium: readonly string[] = ['chromium-headless-shell', ...wholeChromium];

/** Where the first of these programs is that this machine has; undefined: it has none. */
export function programPath(names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file));
}
