import { greekName } from '../signs.ts';
import { withFeet, withoutQuotes } from './feet-and-inches.ts';
import { betweenFractions, FRACTIONS, fraction, mixed, parted } from './fractions.ts';
import { type Rule, VULGAR } from './rule.ts';

const ROMAN: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50, C: 100, D: 500, M: 1000 };

/** Forms of digits and letters: fractions, powers, Roman numerals. */
export const FORMS: readonly Rule[] = [
  [/[\u2160-\u217f]+/gu, roman],
  [/(\d)(?:\u00a0\d{3})+(?!\d)/gu, (group) => group.replaceAll('\u00a0', '')],
  [/\u00a0/gu, ' '],
  [
    /(\d ?)[°] ?(\d+) ?[′'] ?(?:(\d+(?:\.\d+)?) ?(?:″|"|''))?/gu,
    (_, degrees, minutes, seconds) =>
      `${degrees} degrees ${minutes} minutes${seconds === undefined ? '' : ` ${seconds} seconds`}`,
  ],
  [/(\d) ?[′'] ?(\d+(?:\.\d+)?) ?(?:″|"|''|′′)/gu, '$1 feet $2 inches'],
  [/([\d¼-¾⅐-⅞↉]) ?(?:″|′′)/gu, '$1 inches '],
  [/([\d¼-¾⅐-⅞↉]) ?′/gu, '$1 feet '],
  [/^[^"]*"[\s\S]*$/gu, withoutQuotes],
  [/^[^']*'[\s\S]*$/gu, withFeet],
  [
    /(\d) ?([⁰¹²³⁴-⁹]+)[⁄/]([₀-₉]+)/gu,
    (_, before, over, under) => before + fraction(plainDigits(over), plainDigits(under), before),
  ],
  [/(?<![⁰¹²³⁴-⁹])([⁰¹²³⁴-⁹]+)\/([₀-₉]+)/gu, '$1⁄$2'],
  [/(?<![\d⁰¹²³⁴-⁹])([\d⁰¹²³⁴-⁹]+)⁄([\d₀-₉]+)/gu, (_, over, under) => fraction(plainDigits(over), plainDigits(under))],
  [/⁄/gu, ' over '],
  [
    new RegExp(`(?<![\\d.,/-])(\\d*)(${VULGAR}?)( ?)([-–])( ?)(?=(\\d*)(${VULGAR}?))`, 'gu'),
    (all, ...parts) => betweenFractions(all, parts),
  ],
  [/(\d)?\s?([¼-¾⅐-⅞↉])/gu, (_, before, sign) => (before ?? '') + fraction(...parted(sign), before)],
  [
    /(\d)(?: |(?<![\d/.,-]\d+|\/\d*)-)(?=\d+\/\d+(?![\d/]))(\d+)\/(\d+)/gu,
    (all, before, over, under) => mixed(all, before, over, under),
  ],
  [/(?<![\d/.,])(\d+)\/(\d+)(?![\d/]|[.,]\d)/gu, (all, over, under) => FRACTIONS[`${over}/${under}`] ?? all],
  [/([\p{L}\d)\]]?)([⁰¹²³⁴-⁹⁺⁻⁼⁽⁾ⁿⁱ]+)/gu, (_, base, raised) => base + power(base, raised)],
  [/(\p{L}?)([₀-₎]+|[ₐ-ₜ]+)/gu, (_, base, lowered) => base + index(base, lowered)],
  [/ℓ/gu, 'l'],
  [/(?<=\d ?(?:%|[°º][CF]?))[-–](?=[-−]?\d+(?:\.\d+)? ?[%°º])/gu, ' to '],
  [/(?<![\d.])1 ?°(?=[^CF]|$)/gu, '1 degree '],
  [/ ?[°º]C(?!\p{L})/gu, ' degrees Celsius'],
  [/ ?[°º]F(?!\p{L})/gu, ' degrees Fahrenheit'],
  [/\bNº/gu, 'number '],
  [/ ?°/gu, ' degrees '],
  [/º/gu, ' ordinal '],
  [/‴/gu, ' triple prime '],
  [/″/gu, ' double prime '],
  [/′/gu, ' prime '],
  [/(?<=\d) ?· ?(?=\d)/gu, ' times '],
  [/(?<=\p{L})·(?=\p{L})/gu, ' dot '],
  [/·/gu, ' bullet '],
  [/(?<=\p{L})[´`](?=\p{L})/gu, "'"],
  [/´/gu, ' acute accent '],
  [/\p{Script=Greek}/gu, (letter) => ` ${greekName(letter) ?? ''} `],
];

function roman(run: string): string {
  const digits = [...run.normalize('NFKC').toUpperCase()].map((letter) => ROMAN[letter] ?? 0);
  return ` ${digits.reduce((sum, digit, at) => sum + (digit < (digits[at + 1] ?? 0) ? -digit : digit), 0)} `;
}

function plainDigits(digits: string): string {
  return digits.normalize('NFKC');
}

function power(base: string, raised: string): string {
  const plain = raised.normalize('NFKC').replaceAll('−', '-');
  if (base === '') return ` superscript ${signed(plain)} `;
  if (plain === '2') return ' squared ';
  if (plain === '3') return ' cubed ';
  return ` to the power of ${signed(plain)} `;
}

function index(base: string, lowered: string): string {
  const plain = signed(lowered.normalize('NFKC').replaceAll('−', '-'));
  return /\p{Lu}/u.test(base) || base === '' ? ` ${plain} ` : ` sub ${plain} `;
}

function signed(plain: string): string {
  return plain.replaceAll('-', ' minus ').replaceAll('+', ' plus ').replaceAll('=', ' equals ').trim();
}
