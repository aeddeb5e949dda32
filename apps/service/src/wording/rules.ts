import { CURRENCIES, greekName } from './signs.ts';

/** One rule: what stands in a text, and what is said for it. They are applied in their order, each over the whole text. */
type Rule = readonly [RegExp, string | ((...parts: string[]) => string)];

const N = String.raw`\d+(?:,\d{3})*(?:\.\d+)?`;
const AMOUNT = String.raw`\d+(?:,\d+)*`;
const SCALE = 'k|m|mn|b|bn|tn|K|M|B|thousand|million|billion|trillion';
const MONEY = `[${Object.keys(CURRENCIES).join('')}]`;
const SCALES: Readonly<Record<string, string>> = {
  k: 'thousand', m: 'million', mn: 'million', b: 'billion', bn: 'billion', tn: 'trillion',
}; // biome-ignore format: a table
const FRACTIONS: Readonly<Record<string, string>> = {
  '1/2': 'one half', '1/3': 'one third', '2/3': 'two thirds', '1/4': 'one quarter', '3/4': 'three quarters', '1/5': 'one fifth',
  '2/5': 'two fifths', '3/5': 'three fifths', '4/5': 'four fifths', '1/6': 'one sixth', '5/6': 'five sixths', '1/7': 'one seventh',
  '1/8': 'one eighth', '3/8': 'three eighths', '5/8': 'five eighths', '7/8': 'seven eighths', '1/9': 'one ninth', '1/10': 'one tenth', '0/3': 'zero thirds',
}; // biome-ignore format: a table
/** A fraction in one character. */
const VULGAR = '[¼-¾⅐-⅞↉]';
const NUMBER_END = '[\\d¼-¾⅐-⅞↉⁰¹²³⁴-⁹]';
const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const MICRO: Readonly<Record<string, string>> = {
  m: 'metres', s: 'seconds', g: 'grams', l: 'litres', L: 'litres', F: 'farads', A: 'amperes', V: 'volts', W: 'watts', H: 'henries',
}; // biome-ignore format: a table
const ROMAN: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50, C: 100, D: 500, M: 1000 };

/** Units that are no word, behind a number, which may end with a fraction or a power. */
const UNITS: readonly Rule[] = [
  [
    new RegExp(`(?<=${NUMBER_END} ?)[µμ]([${Object.keys(MICRO).join('')}])(?![\\p{L}])`, 'gu'),
    (_, unit) => ` micro${MICRO[unit]}`,
  ],
  ...Object.entries({ kΩ: 'kilohms', MΩ: 'megohms', Ω: 'ohms', Å: 'angstroms', ℓ: 'litres' }).map(
    ([unit, words]): Rule => [new RegExp(`(?<=${NUMBER_END}) ?${unit}(?!\\p{L})`, 'gu'), ` ${words}`],
  ),
];

/** Forms of digits and letters: fractions, powers, Roman numerals. */
const FORMS: readonly Rule[] = [
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
  [/([⁰¹²³⁴-⁹]+)\/([₀-₉]+)/gu, '$1⁄$2'],
  [/([\d⁰¹²³⁴-⁹]+)⁄([\d₀-₉]+)/gu, (_, over, under) => fraction(plainDigits(over), plainDigits(under))],
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
  [
    /(?<![\d/.,])(\d+)\/(\d+)(?![\d/]|[.,]\d)/gu,
    (all, over, under) => FRACTIONS[`${over}/${under}`]?.padStart(0) ?? all,
  ],
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

/** Minus, ranges, dates, and other hyphens beside digits. */
const HYPHENS: readonly Rule[] = [
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

/** Amounts of money, then what is left of their signs. */
const AMOUNTS: readonly Rule[] = [
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

/** Other signs of ASCII that an engine would drop or read wrong. */
const ASCII: readonly Rule[] = [
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
    /\(([^()]*[^()\s][^()]* ?(?:[+*/^=<>]|\b(?:minus|times|divided by|plus)\b)[^()]*)\)/gu,
    ' open parenthesis $1 close parenthesis ',
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

/** Full stops, commas, colons and digits in forms that both engines read alike. */
const POINTS: readonly Rule[] = [
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

/** Quotes, and what is doubled. Quotes are heard in no voice; an apostrophe is part of its word. */
const TIDYING: readonly Rule[] = [
  [/"/gu, ' '],
  [/(?<![\p{L}\d])'(?!\d0s|(?:tis|twas|em|cause|n|til|cos)\b)|'(?![\p{L}\d])/giu, ' '],
  [/[^\S\n]+/gu, ' '],
  [/\( /gu, '('],
  [/ \)/gu, ')'],
  [/\(\)/gu, ' '],
  [/ +/gu, ' '],
  [/ ?\n ?/gu, '\n'],
  [/\n{3,}/gu, '\n\n'],
  [/\s+(?=[.,;:!?])/gu, ''],
  [/\.{2,}/gu, '...'],
  [/([.,;:!?])(?:\s*[.,;:!?])+/gu, strongest],
  [/^[\s.,;:!?]+/gu, ''],
];

export const RULES: readonly Rule[] = [...UNITS, ...FORMS, ...HYPHENS, ...AMOUNTS, ...ASCII, ...POINTS, ...TIDYING];

function strongest(run: string): string {
  const marks = run.replace(/\s/gu, '');
  if (/^\.[,;:!?]$/u.test(marks)) return marks; // an abbreviation's full stop
  if (marks.includes('?')) return '?';
  if (marks.includes('!')) return '!';
  if (/^\.{3}$/u.test(marks)) return '...';
  return ['.', ';', ':', ','].find((mark) => marks.includes(mark)) ?? ',';
}

/** An apostrophe after a digit means feet, unless a quotation was opened before: then it may close that. */
function withFeet(text: string): string {
  let quoted = false;
  return text.replace(/(?<![\p{L}\d])'|(?<=[\d¼-¾⅐-⅞↉])'(?!\p{L})/gu, (quote, at: number) => {
    const behind = /[\d¼-¾⅐-⅞↉]/u.test(text[at - 1] ?? '');
    if (behind && !quoted) return ' feet ';
    quoted ||= !/[\d]/u.test(text[at - 1] ?? '');
    return quote;
  });
}

/** Takes out quotes in pairs; one after a digit that closes none means inches. */
function withoutQuotes(text: string): string {
  let open = false;
  return text.replace(/"/gu, (_, at: number) => {
    const inches = !open && /[\d¼-¾⅐-⅞↉]/.test(text[at - 1] ?? '');
    if (!inches) open = !open;
    return inches ? ' inches ' : ' ';
  });
}

function spaced(digits: string): string {
  return [...digits].join(' ');
}

function number(written: string): number {
  return Number(written.replaceAll(',', ''));
}

function roman(run: string): string {
  const digits = [...run.normalize('NFKC').toUpperCase()].map((letter) => ROMAN[letter] ?? 0);
  return ` ${digits.reduce((sum, digit, at) => sum + (digit < (digits[at + 1] ?? 0) ? -digit : digit), 0)} `;
}

function plainDigits(digits: string): string {
  return digits.normalize('NFKC');
}

function parted(sign: string): [string, string] {
  const [over = '', under = ''] = sign.normalize('NFKC').split('⁄');
  return [over, under];
}

function fraction(over: string, under: string, before?: string): string {
  const words = FRACTIONS[`${over}/${under}`] ?? `${over} over ${under}`;
  if (before === undefined) return ` ${words} `;
  return ` and ${words === 'one half' ? 'a half' : words} `;
}

function mixed(all: string, before: string, over: string, under: string): string {
  return FRACTIONS[`${over}/${under}`] === undefined ? all : before + fraction(over, under, before);
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

function date(all: string, year: string, month: string, day: string): string {
  const name = MONTHS[Number(month) - 1];
  const known = new Date(`${year}-${month}-${day}T00:00:00Z`).getUTCDate() === Number(day);
  return name === undefined || !known ? all : `${name} ${Number(day)}, ${year}`;
}

/** A hyphen or dash between two numbers of which one has a fraction: a range when the second is the greater, else the sign. */
function betweenFractions(
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

/** Two numbers with a hyphen: a range when the second is the greater and both are written alike, else the sign by its name. */
function range(all: string, sign: string, from: string, to: string): string {
  const phone = from.length === 3 && to.length === 4;
  return number(from) < number(to) && !phone && !/^0\d/.test(to) ? `${sign}${from} to ` : all.replace('-', ' dash ');
}

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
