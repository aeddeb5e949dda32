import type { Rule } from './rule.ts';

const MICRO: Readonly<Record<string, string>> = {
  m: 'metres', s: 'seconds', g: 'grams', l: 'litres', L: 'litres', F: 'farads', A: 'amperes', V: 'volts', W: 'watts', H: 'henries',
}; // biome-ignore format: a table

const NUMBER_END = '[\\d¼-¾⅐-⅞↉⁰¹²³⁴-⁹]';

/** Units that are not words, behind a number, which may end with a fraction or a power. */
export const UNITS: readonly Rule[] = [
  [
    new RegExp(`(?<=${NUMBER_END} ?)[µμ]([${Object.keys(MICRO).join('')}])(?![\\p{L}])`, 'gu'),
    (_, unit) => ` micro${MICRO[unit]}`,
  ],
  ...Object.entries({ kΩ: 'kilohms', MΩ: 'megohms', Ω: 'ohms', Å: 'angstroms', ℓ: 'litres' }).map(
    ([unit, words]): Rule => [new RegExp(`(?<=${NUMBER_END}) ?${unit}(?!\\p{L})`, 'gu'), ` ${words}`],
  ),
];
