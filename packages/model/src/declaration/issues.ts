import type { z } from 'zod';
import { type Path, type Problem, problemText, type Source } from './source.ts';

/** What zod says where a schema has no words of its own. Goes after the value: `"fast" is not one of flite, polly`. */
export const words: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `give a ${kindOf(issue.expected)}`
        : `is no ${kindOf(issue.expected)}; give one`;
    case 'invalid_value':
      return issue.values.length === 1
        ? `is not known; there is only ${String(issue.values[0])}`
        : `is not one of ${issue.values.join(', ')}`;
    case 'too_small':
      return `is too small; give ${amount(issue, issue.minimum)} or more`;
    case 'too_big':
      return `is too big; give ${amount(issue, issue.maximum)} or less`;
    case 'invalid_union':
      return isRecord(issue.input) && issue.input.kind === undefined
        ? 'give emulated or real'
        : 'is neither emulated nor real';
    case 'invalid_format':
      return issue.format === 'url' ? 'is no https address' : undefined;
    default:
      return undefined;
  }
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const kinds: Readonly<Record<string, string>> = {
  object: 'map',
  record: 'map',
  array: 'list',
  string: 'text',
  int: 'whole number',
};

const kindOf = (expected: string) => kinds[expected] ?? expected;

const amount = ({ origin }: { origin: string }, limit: number | bigint) =>
  origin === 'string' ? `${limit} characters` : origin === 'array' ? `${limit} entries` : String(limit);

/** Zod's issues as problems of a text. `place` says where in the text an issue's path stands; the same problem is said once. */
export function problemsOf(
  source: Source,
  issues: readonly z.core.$ZodIssue[],
  { place = (path) => path, unknownKey }: { place?: (path: Path) => Path; unknownKey: string },
): Problem[] {
  return once(
    issues.flatMap((issue) => {
      if (issue.code === 'unrecognized_keys') {
        return issue.keys.map((key) => source.problem(place([...issue.path, key]), `is no known key; ${unknownKey}`));
      }
      const path = place(issue.path);
      if (!source.has(path)) return [source.problem(path, `is missing; ${issue.message.replace(/^is /, 'it is ')}`)];
      return [source.problem(path, `${source.shown(path)} ${issue.message}`.trim())];
    }),
  );
}

/** Without the problems that were said before. */
export const once = (problems: readonly Problem[]): Problem[] => [
  ...new Map(problems.map((problem) => [problemText(problem), problem])).values(),
];
