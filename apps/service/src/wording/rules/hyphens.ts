import { MONEY, N, type Rule } from './rule.ts';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** Minus, ranges, dates, and other hyphens beside digits. */
export const HYPHENS: readonly Rule[] = [
  [/(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-])/gu, date],
  [
    new RegExp(`(?<![\\p{L}\\d.,])(${N}) ?[eE]([+-]?)(\\d+)(?![\\p{L}\\d])`, 'gu'),
    (_, number, sign, exponent) => `${number} times 10 to the power of ${sign === '-' ? 'minus ' : ''}${exponent}`,
  ],
  [/−/gu, ' minus '],
  [
    new RegExp(`(?<![\\d.,])(${N}) [-–] (?=${MONEY}?(${N}))`, 'gu'),
    (_, from, to) => (number(from) < number(to) ? `${from} to ` : `${from} minus `),
  ],
  [new RegExp(`(?<=\\d|\\d[%\\p{L}]{1,2})–(?=${MONEY}?\\d)`, 'gu'), ' to '],
  [
    new RegExp(`(?<![\\d-])(?<!\\p{L}-?)(${MONEY}?)(${N})-(?=${MONEY}?(${N})(?![\\d-]))`, 'gu'),
    (all, sign, from, to) => range(all, sign, from, to),
  ],
  [new RegExp(`(${MONEY}) ?[-–−](?=\\.?\\d)`, 'gu'), 'minus $1'],
  [/(?<=\d)-(?=\d)/gu, ' dash '],
  [new RegExp(`(^|[\\s(["'=<>/*^+,:]|\\b(?:minus|of|plus|times) )[-–](?=\\.?\\d|${MONEY} ?\\.?\\d)`, 'gu'), '$1minus '],
  [/(^|[\s("'])(--?)(?=\p{L})/gu, (_, before, dashes) => before + ' dash '.repeat(dashes.length)],
  [/-->/gu, ' arrow '],
  [/<--/gu, ' left arrow '],
  [/->/gu, ' arrow '],
  [/(^|\s)[-–]{2,}(?=\s|$)/gu, '$1, '],
  [/(?<=[\p{L}\d])-{2,3}(?=[\p{L}\d])/gu, ', '],
  [/-{3,}/gu, ' '],
  [/ ?– ?/gu, ', '],
  [/(^|\s)-(?=\s|$)/gu, '$1, '],
  [/(?<![\p{L}\d])-+|-+(?![\p{L}\d])/gu, ' dash '],
];

function number(written: string): number {
  return Number(written.replaceAll(',', ''));
}

function date(all: string, year: string, month: string, day: string): string {
  const name = MONTHS[Number(month) - 1];
  const known = new Date(`${year}-${month}-${day}T00:00:00Z`).getUTCDate() === Number(day);
  return name === undefined || !known ? all : `${name} ${Number(day)}, ${year}`;
}

/** Two numbers with a hyphen: a range when the second is the greater and both are written alike, else the sign by its name. */
function range(all: string, sign: string, from: string, to: string): string {
  const phone = from.length === 3 && to.length === 4;
  return number(from) < number(to) && !phone && !/^0\d/.test(to) ? `${sign}${from} to ` : all.replace('-', ' dash ');
}
