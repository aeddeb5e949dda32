/** So many characters are shown at most. */
const longest = 240;

/** What people wrote, as it is shown: whole characters; what turns the direction of letters around is none that anybody reads. */
export function clipped(text: string, most = longest): string {
  const characters = [...text.slice(0, 8 * most).replaceAll(/[\u202A-\u202E\u2066-\u2069]/g, '')];
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : characters.join('');
}

/** Short for people, long enough to be the only one: `0123456789ab` of `sha256:0123456789abcdef…`. */
export const digits = (release: string): string => release.replace(/^sha256:/, '').slice(0, 12);

/** `1 commit`, `3 commits`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
