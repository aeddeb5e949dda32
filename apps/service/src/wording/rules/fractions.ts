/** Fractions that have words of their own; others are said with "over". */
export const FRACTIONS: Readonly<Record<string, string>> = {
  '1/2': 'one half', '1/3': 'one third', '2/3': 'two thirds', '1/4': 'one quarter', '3/4': 'three quarters', '1/5': 'one fifth',
  '2/5': 'two fifths', '3/5': 'three fifths', '4/5': 'four fifths', '1/6': 'one sixth', '5/6': 'five sixths', '1/7': 'one seventh',
  '1/8': 'one eighth', '3/8': 'three eighths', '5/8': 'five eighths', '7/8': 'seven eighths', '1/9': 'one ninth', '1/10': 'one tenth', '0/3': 'zero thirds',
}; // biome-ignore format: a table

/** What is above and below in a fraction of one character. */
export function parted(sign: string): [string, string] {
  const [over = '', under = ''] = sign.normalize('NFKC').split('⁄');
  return [over, under];
}

/** A fraction in words, behind a whole number (`before`) with an "and". */
export function fraction(over: string, under: string, before?: string): string {
  const words = FRACTIONS[`${over}/${under}`] ?? `${over} over ${under}`;
  if (before === undefined) return ` ${words} `;
  return ` and ${words === 'one half' ? 'a half' : words} `;
}

/** A whole number with a fraction that has words; anything else stays as it is. */
export function mixed(all: string, before: string, over: string, under: string): string {
  return FRACTIONS[`${over}/${under}`] === undefined ? all : before + fraction(over, under, before);
}

/** A hyphen or dash between two numbers of which one has a fraction: a range when the second is the greater, else the sign. */
export function betweenFractions(
  all: string,
  [whole = '', part = '', before, sign, after, next = '', nextPart = '']: string[],
): string {
  const isBetween = whole + part !== '' && next + nextPart !== '' && part + nextPart !== '' && before === after;
  if (!isBetween) return all;
  if (amountOf(whole, part) < amountOf(next, nextPart)) return `${whole}${part} to `;
  return `${whole}${part} ${before === ' ' ? 'minus' : sign === '-' ? 'dash' : 'to'} `;
}

function amountOf(whole: string, sign: string): number {
  const [over, under] = sign === '' ? ['0', '1'] : parted(sign);
  return Number(whole) + Number(over) / Number(under);
}
