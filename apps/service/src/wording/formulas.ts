/** Where a hyphen or dash stands. */
export interface DashPlace {
  readonly before: string;
  readonly after: string;
  readonly sign: string;
  readonly isSpaced: boolean;
  /** An equals sign or the like is in its line. */
  readonly inEquation: boolean;
  /** Its line has no words in it. */
  readonly inFigures: boolean;
}

/** Whether an equals sign or the like is in a line; arrows and ruled lines are none. */
export function isEquation(line: string): boolean {
  return /[=≠≈≤≥]/u.test(line.replace(/[=-]>|={2,}/gu, ''));
}

/** Whether a line has no words in it, only figures, signs and letters that stand for numbers. */
export function isWordless(line: string): boolean {
  return !/\p{L}{2}/u.test(line);
}

type Side = 'sure' | 'letter' | 'number';

const POWER = '[⁰¹²³⁴-⁹ⁿ₀-₉]';
const NAME = String.raw`(?<![\p{L}\d'’.-])`;
const SURE_BEFORE = new RegExp(
  String.raw`(?:[\d)\]]|(?<!\p{L})\p{L}{1,2})${POWER}+$|(?<!\p{Script=Greek})\p{Script=Greek}$|∞$|${NAME}[nxyz]$|${NAME}\d+[a-z]$`,
  'u',
);
const SURE_AFTER = new RegExp(
  String.raw`^[-−]?(?:[√∛∜∑∏∫∂∇∞]|\p{Script=Greek}(?!\p{Script=Greek})|\d*[nxyz](?![\p{L}\d'’-])|\d*\p{L}\(|(?:\d+|\p{L})${POWER})`,
  'u',
);
const FUNCTION = /^(?:sin|cos|tan|log|ln|exp|min|max|det)$/u;
const FUNCTION_AFTER = /^\d*(?:sin|cos|tan|log|ln|exp|min|max|det)(?:\(| [\p{L}\d](?!\p{L}))/u;
const GROUP_BEFORE = /(\p{L}*)\(([^()]*)\)$/u;

/** What stands before a minus, if it can be subtracted from. */
function sideBefore(before: string): Side | undefined {
  if (SURE_BEFORE.test(before)) return 'sure';
  const [, name, inner = ''] = GROUP_BEFORE.exec(before) ?? [];
  if (name !== undefined) {
    const isTerm = name.length === 1 || FUNCTION.test(name) || (name === '' && /[-+*/^×÷·−–]/u.test(inner));
    return isTerm && isWordless(inner) ? 'sure' : undefined;
  }
  if (/(?<![\p{L}\d'’.-])\p{L}$/u.test(before)) return 'letter';
  return /(?<![\p{L}\d])\d[\d.,]*$/u.test(before) ? 'number' : undefined;
}

/** What stands behind a minus, if it can be subtracted. */
function sideAfter(after: string): Side | undefined {
  if (SURE_AFTER.test(after) || /^\([^()]*[-+*/^×÷·−–][^()]*\)/u.test(after)) return 'sure';
  if (FUNCTION_AFTER.test(after) || /^\d+[a-z](?![\p{L}\d'’])/u.test(after)) return 'sure';
  if (/^[-−]?\.?\d+(?:[.,]\d+)*(?![\p{L}\d])/u.test(after)) return 'number';
  return /^\p{L}(?![\p{L}\d'’.-])(?! \p{L}{2})/u.test(after) ? 'letter' : undefined;
}

/** Nothing follows the operand but an end or another sign. */
const ENDED = /^[\p{L}\d.]+ *(?:$|[-+*/^×÷·−–=<>≠≤≥)\],;.!?])/u;

/** Whether a dash is the minus of a formula. */
export function isFormula(place: DashPlace): boolean {
  const [left, right] = [sideBefore(place.before), sideAfter(place.after)];
  if (left === undefined || right === undefined) return false;
  if (!place.isSpaced) return isTightFormula(place, left, right);
  if (place.inEquation) return true;
  if (left === 'sure') return right !== 'letter' || ENDED.test(place.after);
  if (left === 'number') return right === 'sure';
  // One letter alone may begin a list: "A - 5 points".
  return /(?:^|[(=+*/^×÷·−–-] ?)[a-z]$/u.test(place.before) && (right === 'sure' || ENDED.test(place.after));
}

/** Without spaces it may be a hyphen as well: only what hyphens never join is a formula. */
function isTightFormula({ before, sign, inEquation, inFigures }: DashPlace, left: Side, right: Side): boolean {
  if (left === 'sure') return right !== 'letter' || inEquation || /[^\p{Script=Latin}]$/u.test(before);
  if (right === 'sure' && left === 'number') return sign === '-' || inEquation;
  return inEquation && inFigures && !/(?<!\p{L})\p{Lu}$/u.test(before);
}

const FACTORIAL = /(?<=(?<![\p{L}\d.,'’])(?:\d+|\p{L})|\([^()\n]{0,40}\))!(?![!?=\p{L}\d])/gu;
const SIGN_BEHIND = /^ *(?:[+*/×÷·^−<>]|=(?!>)|[-–] ?[\d(\p{L}])/u;
const SIGN_BEFORE = /[*/×÷·^−=(] ?(?:\d+|\p{L})$/u;
const PLUS_BEFORE = /[-+–] ?(?:\d+|\p{L})$/u;

/** Says the exclamation mark of a formula; any other stays one. */
export function saidFactorials(text: string): string {
  return text.replace(/[^\n]+/gu, (line) => {
    if (!line.includes('!')) return line;
    const wordless = isWordless(line);
    return line.replace(FACTORIAL, (mark, at: number) => {
      const before = line.slice(Math.max(0, at - 48), at);
      const [, inner] = /\(([^()]*)\)$/u.exec(before) ?? [];
      const isTerm = inner !== undefined && isWordless(inner) && /[-+*/−–]/u.test(inner);
      const follows = SIGN_BEHIND.test(line.slice(at + 1, at + 8)) || SIGN_BEFORE.test(before);
      return isTerm || (inner === undefined && (follows || (wordless && PLUS_BEFORE.test(before))))
        ? ' factorial '
        : mark;
    });
  });
}
