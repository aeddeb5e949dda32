import { CURRENCIES } from '../signs.ts';

/** One rule: what stands in a text, and what is said for it. They are applied in their order, each over the whole text. */
export type Rule = readonly [RegExp, string | ((...parts: string[]) => string)];

/** A plain number, with commas and a decimal part. */
export const N = String.raw`\d+(?:,\d{3})*(?:\.\d+)?`;

/** Any sign of a currency. */
export const MONEY = `[${Object.keys(CURRENCIES).join('')}]`;

/** A fraction in one character. */
export const VULGAR = '[¼-¾⅐-⅞↉]';
