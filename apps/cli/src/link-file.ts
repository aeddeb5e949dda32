import { randomBytes } from 'node:crypto';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How long a link can be used at most, in ms: the control plane's word. What leads to it is of no use after that. */
const linkLastsMs = 5 * 60_000;

const nameOf = /^open-[0-9a-f]{16}\.html$/;

/**
 * Writes a page into the home that only leads to a link, and that nobody else may read, and removes those of links that are over. It is what a browser is
 * started with: every user of a machine reads its command lines, and the first who follows a link is let in as its asker. Answers its path; null: it
 * could not be written.
 */
export async function linkFile(home: string, link: string): Promise<string | null> {
  const path = join(home, `open-${randomBytes(8).toString('hex')}.html`);
  try {
    await removeOld(home);
    await writeFile(path, leadingTo(link), { mode: 0o600, flag: 'wx' });
    return path;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return null;
  }
}

async function removeOld(home: string): Promise<void> {
  for (const name of (await readdir(home)).filter((one) => nameOf.test(one))) {
    const path = join(home, name);
    // Gone meanwhile: another `open` removed it.
    const written = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(),
    );
    // Of a time to come: the clock was put back.
    if (Math.abs(Date.now() - written) >= linkLastsMs) await rm(path, { force: true });
  }
}

function leadingTo(link: string): string {
  const url = new URL(link).href.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="referrer" content="no-referrer" />
    <meta name="color-scheme" content="light dark" />
    <meta http-equiv="refresh" content="0; url=${url}" />
    <title>SoundBite</title>
  </head>
  <body><a href="${url}">SoundBite: environments</a></body>
</html>
`;
}
