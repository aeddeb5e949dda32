import { cutText } from '../foreign-text.ts';
import { shortDigest } from '../short-digest.ts';

/** So many code points of what people wrote a page shows, where it says nothing else. */
const longest = 240;

/**
 * What people or programs wrote, as a page shows it: of at most so many code points, with digests as short as people tell releases apart by, and without what turns the direction of
 * letters around, which nobody reads.
 */
export const shownText = (text: string, most = longest): string =>
  cutText(
    text
      .slice(0, 8 * most)
      .replaceAll(/[\u202A-\u202E\u2066-\u2069]/g, '')
      .replaceAll(/\bsha256:[0-9a-f]{64}\b/g, shortDigest),
    most,
  );
