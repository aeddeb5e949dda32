import { cutText } from '../foreign-text.ts';

/** So many code points of what people wrote a page shows, where it says nothing else. */
const longest = 240;

/** What people wrote, as a page shows it: of at most so many code points, and without what turns the direction of letters around, which nobody reads. */
export const shownText = (text: string, most = longest): string =>
  cutText(text.slice(0, 8 * most).replaceAll(/[\u202A-\u202E\u2066-\u2069]/g, ''), most);
