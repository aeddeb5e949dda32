import { MONEY } from './rules/rule.ts';

const BY_APOSTROPHES = /(?<![\d'’.,])[1-9]\d{0,2}(?:['’]\d{3})+(?!['’]?\d)/gu;
const BY_SPACES = /(?<![\d.,+/-]|plus )(?<!(?<!\d)\d{1,3} )([1-9]\d{0,2})((?: \d{3})+)(?!\d|[ -]\d)/gu;
const OF_ONE = new RegExp(
  String.raw`^ ?(?:%|°|${MONEY}|(?:kg|g|m|km|cm|mm|ft|lbs?|mi|W|kW|V|Hz|MB|GB|thousand|million|billion)(?![\p{L}\d]))`,
  'u',
);

/**
 * Puts digits together that are grouped in threes by apostrophes or spaces. Spaces may part a telephone number or a list, too:
 * they are taken out where zeros, a short first group or a unit say that it is one number.
 */
export function joinedGroups(text: string): string {
  return text
    .replace(BY_APOSTROPHES, (grouped) => grouped.replace(/['’]/gu, ''))
    .replace(BY_SPACES, (grouped: string, first: string, rest: string, at: number) => {
      const before = text.slice(Math.max(0, at - 2), at);
      const isOne =
        / 000/.test(rest) ||
        (first.length < 3 && rest.length > 4) ||
        new RegExp(`${MONEY} ?$`, 'u').test(before) ||
        OF_ONE.test(text.slice(at + grouped.length, at + grouped.length + 12));
      return isOne ? grouped.replaceAll(' ', '') : grouped;
    });
}
