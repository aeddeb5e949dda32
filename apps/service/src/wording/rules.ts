import { ASCII } from './rules/ascii.ts';
import { FORMS } from './rules/forms.ts';
import { HYPHENS } from './rules/hyphens.ts';
import { AMOUNTS } from './rules/money.ts';
import { POINTS } from './rules/points.ts';
import type { Rule } from './rules/rule.ts';
import { TIDYING } from './rules/tidying.ts';
import { UNITS } from './rules/units.ts';

/** What is said for what stands in a text: applied in this order, each over the whole text. */
export const RULES: readonly Rule[] = [...UNITS, ...FORMS, ...HYPHENS, ...AMOUNTS, ...ASCII, ...POINTS, ...TIDYING];
