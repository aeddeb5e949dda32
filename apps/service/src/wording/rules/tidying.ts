import type { Rule } from './rule.ts';

/** Quotes, and what is doubled. Quotes are heard in no voice; an apostrophe is part of its word. */
export const TIDYING: readonly Rule[] = [
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

function strongest(run: string): string {
  const marks = run.replace(/\s/gu, '');
  if (/^\.[,;:!?]$/u.test(marks)) return marks; // an abbreviation's full stop
  if (marks.includes('?')) return '?';
  if (marks.includes('!')) return '!';
  if (/^\.{3}$/u.test(marks)) return '...';
  return ['.', ';', ':', ','].find((mark) => marks.includes(mark)) ?? ',';
}
