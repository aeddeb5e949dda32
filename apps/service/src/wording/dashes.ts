import { type DashPlace, isEquation, isFormula, isWordless } from './formulas.ts';
import { measureOf, type Quantity, quantityAfter, quantityBefore, sizeOf } from './quantities.ts';

const SPACE = String.raw`[ \u00a0\u2009\u202f]`;
const DASH = new RegExp(`(?<![-‐-–])(${SPACE}{0,3})([-‐-–])(${SPACE}{0,3})(?![-‐-–>](?!\\d))`, 'gu');

/** The one character beside a dash shows mostly that there is no operand. */
const CAN_END = /[\p{L}\p{N}\p{Sc}%‰°℃℉)|.'’"”′″∞]/u;
const CAN_BEGIN = /[\p{L}\p{N}\p{Sc}(√∛∜∑∏∫∂∇∞.−-]/u;

/** How far an operand is looked for; none is longer. */
const FAR = 30;

/**
 * Says a hyphen or dash that means minus or "to" by that word: in formulas, between quantities, days and codes. It reads the text as
 * it was sent: once powers, roots and Greek letters are words, they are no longer operands. Every other dash is left for the
 * rules, to which it is a pause, a hyphen, or what it is between plain numbers.
 */
export function saidDashes(text: string): string {
  return text.replace(/[^\n]+/gu, (line) => {
    if (!/[-‐-–]/u.test(line)) return line;
    const whole = { inEquation: isEquation(line), inFigures: isWordless(line) };
    return line.replace(DASH, (dash, left: string, sign: string, right: string, at: number) => {
      const end = at + dash.length;
      if ((left === '') !== (right === '') || !CAN_END.test(line[at - 1] ?? '') || !CAN_BEGIN.test(line[end] ?? ''))
        return dash;
      const [before, after] = [line.slice(Math.max(0, at - FAR), at), line.slice(end, end + FAR)];
      const said = wordOf({ before, after, sign, isSpaced: left !== '', ...whole });
      return said === undefined ? dash : ` ${said} `;
    });
  });
}

function wordOf(place: DashPlace): string | undefined {
  if (isHeading(place)) return ',';
  if (isSpan(place)) return 'to';
  return betweenQuantities(place) ?? (isFormula(place) ? 'minus' : undefined);
}

const LABELS =
  'act|aisle|appendix|apartment|article|book|bus|chapter|class|day|episode|exercise|figure|flat|flight|floor|gate|grade|highway|item|lesson|level|line|module|number|page|paragraph|part|phase|platform|question|room|route|rule|scene|season|section|series|step|suite|table|task|team|track|unit|version|volume|week|year';
const LABELLED = new RegExp(String.raw`\b(?:${LABELS}) \d+\p{L}?$`, 'iu');

/** A number that only names something, and then what it is about: "Room 5 - 3rd floor". */
function isHeading({ before, after, isSpaced }: DashPlace): boolean {
  if (!isSpaced || !/\d\p{L}?$/u.test(before)) return false;
  const isOrdinal = /^\d+(?:st|nd|rd|th)(?!\p{L})/u.test(after) && !/\d(?:st|nd|rd|th)$/u.test(before);
  return isOrdinal || (LABELLED.test(before) && /^\d+ \p{L}{2}/u.test(after));
}

const DAYS = String.raw`(?:Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\.?`;
const MONTHS = String.raw`(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|January|February|March|April|May|June|July|August|September|October|November|December)\.?`;
const DAY_BEFORE = new RegExp(String.raw`(?<!\p{L})${DAYS}$`, 'u');
const DAY_AFTER = new RegExp(String.raw`^${DAYS}(?![\p{L}'’])`, 'u');
const MONTH_BEFORE = new RegExp(
  String.raw`(?<!\p{L})(?:${MONTHS}|${MONTHS} \d{1,2}(?:st|nd|rd|th)?|\d{1,2}(?:st|nd|rd|th)? ${MONTHS}|${MONTHS} \d{4})$`,
  'u',
);
const MONTH_AFTER = new RegExp(String.raw`^(?:\d{1,2}(?:st|nd|rd|th)? )?${MONTHS}(?![\p{L}'’])`, 'u');
const ISO_DATE = /^\d{4}-\d{2}-\d{2}(?!\d)|(?<!\d)\d{4}-\d{2}-\d{2}$/u;
const CODE_BEFORE = /(?<![\p{L}\d])(\p{Lu}{1,3})(\d+)$/u;
const CODE_AFTER = /^(\p{Lu}{1,3})(\d+)(?![\p{L}\d])/u;

/** From one day, month, code or letter to another: "Mon - Fri", "Q3–Q4", "A–Z". */
function isSpan({ before, after, sign, isSpaced, inEquation }: DashPlace): boolean {
  if (DAY_BEFORE.test(before) && DAY_AFTER.test(after)) return true;
  if (MONTH_BEFORE.test(before) && MONTH_AFTER.test(after)) return true;
  if (/\d(?:st|nd|rd|th)$/u.test(before) && /^\d+(?:st|nd|rd|th)(?!\p{L})/u.test(after)) return true;
  if (ISO_DATE.test(before) && ISO_DATE.test(after)) return true;
  if (/\d$/u.test(before) && /^(?:present|today|now)(?!\p{L})/u.test(after)) return true;
  const [code, next] = [CODE_BEFORE.exec(before), CODE_AFTER.exec(after)];
  if (code !== null && next !== null) return code[1] === next[1] && Number(code[2]) < Number(next[2]);
  const areLetters = /(?<![\p{L}\d'’])\p{L}$/u.test(before) && /^\p{L}(?![\p{L}\d'’(²³])/u.test(after);
  return areLetters && !inEquation && !isSpaced && /[‒-–]/u.test(sign);
}

/** Quantities with units, fractions or infinity; what is between plain numbers, the rules know. */
function betweenQuantities(place: DashPlace): string | undefined {
  const [from, to] = [quantityBefore(place.before), quantityAfter(place.after)];
  if (from === undefined || to === undefined) return undefined;
  const { isSpaced, sign } = place;
  const isPlain = ![from, to].some(
    (one) => one.unit !== undefined || one.slash || one.amount === Number.POSITIVE_INFINITY,
  );
  if (isPlain && !(isSpaced && to.amount < 0)) return place.inEquation && isSpaced ? 'minus' : undefined;
  const isTightHyphen = !isSpaced && sign !== '–';
  if (isTightHyphen && to.slash && !from.slash && from.unit === undefined) return undefined; // 1-1/2 is a mixed number
  if (place.inEquation && isSpaced) return 'minus';
  if (mayBeDates(from, to)) return isTightHyphen ? undefined : 'to';
  if (!areComparable(from, to, place.after)) return undefined;
  if (measureOf(from) === 'clock' || sizeOf(asOf(from, to)) < sizeOf(to)) return 'to';
  return isSpaced ? 'minus' : isTightHyphen ? 'dash' : 'to';
}

/** With slashes on both sides, and not both parts of one. */
function mayBeDates(from: Quantity, to: Quantity): boolean {
  return from.slash && to.slash && ![from, to].every(({ amount }) => amount > 0 && amount < 1 && isCommon(amount));
}

/** A half to a sixteenth, as recipes and screws have them. */
function isCommon(amount: number): boolean {
  return [5, 7, 9, 48].some((parts) => Math.abs(amount * parts - Math.round(amount * parts)) < 1e-9);
}

/** "1/4–1/2 tsp" has the unit of both at its end, "50% - 20" at its beginning; "5 kg - 3 bags" has two. */
function areComparable(from: Quantity, to: Quantity, after: string): boolean {
  if (from.unit === undefined) return to.unit === undefined || measureOf(to) !== 'clock';
  if (to.unit === undefined) return measureOf(from) === 'share' && !/^\S+ \p{L}{2}/u.test(after);
  return measureOf(from) === measureOf(to);
}

function asOf(from: Quantity, to: Quantity): Quantity {
  return { ...from, unit: from.unit ?? to.unit };
}
