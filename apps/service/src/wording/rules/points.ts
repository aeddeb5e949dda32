import type { Rule } from './rule.ts';

/** Full stops, commas, colons and digits in forms that both engines read alike. */
export const POINTS: readonly Rule[] = [
  [/\b[Nn]os?\. ?(?=\d)/gu, (found) => (/s/.test(found) ? 'numbers ' : 'number ')],
  [/(?<![\d.])\d+(?:\.\d+){2,}/gu, (version) => version.replaceAll('.', ' dot ')],
  [/(?<![\d\p{L}])\.(?=\d)/gu, ' point '],
  [/(?<=\b(?:pp?|figs?|vols?|chs?|secs?|arts?|eds?|ops?))\.(?=\d)/giu, '. '],
  [/(?<=\p{Ll}{2})\.(?=\p{Lu}\p{Ll})/gu, '. '],
  [/(?<=[\p{L}\d])\.(?=\p{L}{2}|\d)(?<!\d\.(?=\d))/gu, ' dot '],
  [/(?<![\p{L}\d.])\.(?=\p{L})/gu, ' dot '],
  [/(?<!\d)(\d{1,3}(?:,\d{3})+)(?![\d,])/gu, (grouped) => grouped.replaceAll(',', '\ue000')],
  [/(?<!,\d*)(?<=\d),(?=\d+(?!\d|,\d))/gu, ' comma '],
  [/,(?=[\p{L}\d])/gu, ', '],
  [/\ue000/gu, ','],
  [/([;!?])(?=[\p{L}\d])/gu, '$1 '],
  [/(?<!\d)(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?![\d:])/gu, (time) => time.replaceAll(':', '\ue000')],
  [/(?<=\d):(?=\d)/gu, ' to '],
  [/(?<=[\p{L}\d]):+(?=[\p{L}\d])/gu, (colons) => ' colon '.repeat(colons.length)],
  [/\ue000/gu, ':'],
  [/(?<![\d.,:])0\d+(?![\d.,:]?\d)/gu, spaced],
  [/(?<![\d.])\d{13,}/gu, spaced],
];

function spaced(digits: string): string {
  return [...digits].join(' ');
}
