import type { Rule } from './rule.ts';

/** Other signs of ASCII that an engine would drop or read wrong. */
export const ASCII: readonly Rule[] = [
  [/([*=_#~+<>|^\\/@&%-])\1{3,}/gu, (run, sign) => ` ${run.length} ${SIGN_NAMES[sign] ?? NAMES[sign]}s `],
  [/(?<=\d) ?\* ?(?=\d)/gu, ' times '],
  [/<=/gu, ' is less than or equal to '],
  [/>=/gu, ' is greater than or equal to '],
  [/!=/gu, ' is not equal to '],
  [/=>/gu, ' arrow '],
  [/#(?=\d)/gu, ' number '],
  [/(?<=\b[A-G])#/gu, ' sharp '],
  [/~(?=\d)/gu, ' about '],
  [/(?<=[\p{L}\d)])\^(?=[\p{L}\d(])/gu, ' to the power of '],
  [/(?<=\d)_(?=\d{3}(?!\d))/gu, ''],
  [/:\/\//gu, ' colon slash slash '],
  [/\b([A-Za-z])\(([A-Za-z0-9](?:, ?[A-Za-z0-9])*)\)/gu, '$1 of $2'],
  [
    /\(([^()]*)\)/gu,
    (group, inner) => (isCalculation(inner) ? ` open parenthesis ${inner} close parenthesis ` : group),
  ],
  [/(?<=\d)\(([^()]*)\)/gu, ' open parenthesis $1 close parenthesis '],
  [/[[(]/gu, ' ('],
  [/[\])]/gu, ') '],
  [/[*=_#~+<>|^\\/@&%`{}]/gu, (sign) => ` ${NAMES[sign]} `],
];

const NAMES: Readonly<Record<string, string>> = {
  '*': 'asterisk', '=': 'equals', _: 'underscore', '#': 'hash', '~': 'tilde', '+': 'plus', '<': 'is less than', '>': 'is greater than',
  '|': 'vertical bar', '^': 'caret', '\\': 'backslash', '/': 'slash', '@': 'at', '&': 'and', '%': 'percent', '`': 'backtick', '{': 'open brace', '}': 'close brace', '-': 'dash',
}; // biome-ignore format: a table

/** Where the noun is another word than what is said of one. */
const SIGN_NAMES: Readonly<Record<string, string>> = {
  '=': 'equals sign', '+': 'plus sign', '<': 'less-than sign', '>': 'greater-than sign', '@': 'at sign', '&': 'ampersand', '%': 'percent sign', '/': 'slashe', '-': 'dashe', '#': 'hashe',
}; // biome-ignore format: a table

/** An operator with something before it; searched for once, since a pattern over the whole group would try at each of its places. */
function isCalculation(inner: string): boolean {
  return inner.trimStart().search(/[+*/^=<>]|\b(?:minus|times|divided by|plus)\b/u) > 0;
}
