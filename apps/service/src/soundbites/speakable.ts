const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/[‘’‚‛′`´]/gu, "'"],
  [/[“”„‟«»″]/gu, '"'],
  [/[–—―−]/gu, ' - '],
  [/…/gu, '...'],
  [/ß/gu, 'ss'],
  [/[æÆ]/gu, 'ae'],
  [/[œŒ]/gu, 'oe'],
  [/[øØ]/gu, 'o'],
  [/[łŁ]/gu, 'l'],
  [/[đĐðÐ]/gu, 'd'],
  [/[þÞ]/gu, 'th'],
  [/€/gu, ' euros '],
  [/£/gu, ' pounds '],
  [/°/gu, ' degrees '],
];

/**
 * The text in plain ASCII, as an English voice without Unicode (Flite) reads it: accents dropped, typographic marks and
 * ligatures spelt out, anything else that cannot be said left out.
 */
export function plainEnglish(text: string): string {
  let plain = text;
  for (const [mark, spelling] of SPELLINGS) plain = plain.replace(mark, spelling);
  return plain
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\t\n\r\x20-\x7e]/gu, ' ');
}

/** Whether an English voice has anything to say: at least one letter or digit. */
export function isSpeakable(text: string): boolean {
  return /[a-z0-9]/iu.test(plainEnglish(text));
}
