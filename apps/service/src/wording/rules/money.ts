import { CURRENCIES } from '../signs.ts';
import { MONEY, type Rule } from './rule.ts';

const AMOUNT = String.raw`\d+(?:,\d+)*`;
const SCALE = 'k|m|mn|b|bn|tn|K|M|B|thousand|million|billion|trillion';
const SCALES: Readonly<Record<string, string>> = {
  k: 'thousand', m: 'million', mn: 'million', b: 'billion', bn: 'billion', tn: 'trillion',
}; // biome-ignore format: a table

/** Amounts of money, then what is left of their signs. */
export const AMOUNTS: readonly Rule[] = [
  [
    new RegExp(`(?<![\\d.,])(${AMOUNT})(?:\\.(\\d+))?(?: ?(${SCALE})(?![\\p{L}\\d]))? ?(${MONEY})(?! ?[\\d.])`, 'gu'),
    (_, whole, part, scale, sign) => money(sign, '', whole, part, scale),
  ],
  [
    new RegExp(`(minus )?(${MONEY}) ?(minus |-)?(${AMOUNT})?(?:\\.(\\d+))?(?: ?(${SCALE})(?![\\p{L}\\d]))?`, 'gu'),
    (all, minus, sign, inner, whole, part, scale) =>
      whole === undefined && part === undefined
        ? loneSign(all, minus, sign, inner)
        : money(sign, `${minus ?? ''}${inner === undefined ? '' : 'minus '}`, whole ?? '0', part, scale),
  ],
];

function loneSign(all: string, minus: string | undefined, sign: string, inner: string | undefined): string {
  return `${minus ?? ''} ${CURRENCIES[sign]?.[0] ?? ''} ${inner ?? ''}${/ $/.test(all) ? ' ' : ''}`;
}

function money(
  sign: string,
  minus: string,
  whole: string,
  part: string | undefined,
  scale: string | undefined,
): string {
  const [one, many, cent, cents] = CURRENCIES[sign] ?? ['', ''];
  const big = scale === undefined ? '' : ` ${SCALES[scale.toLowerCase()] ?? scale}`;
  if (big !== '' || part === undefined || /^0+$/.test(part) || part.length !== 2 || cent === undefined) {
    const shown = part === undefined || /^0+$/.test(part) ? whole : `${whole}.${part}`;
    const exact = part?.length === 1 && cent !== undefined && big === '' ? undefined : shown;
    if (exact === undefined) return money(sign, minus, whole, `${part}0`, scale);
    return ` ${minus}${exact}${big} ${exact === '1' && big === '' ? one : many} `;
  }
  const small = `${Number(part)} ${Number(part) === 1 ? cent : cents}`;
  if (/^0+$/.test(whole)) return ` ${minus}${small} `;
  return ` ${minus}${whole} ${whole === '1' ? one : many} and ${small} `;
}
