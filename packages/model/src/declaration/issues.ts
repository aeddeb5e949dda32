import type { z } from 'zod';
import { type DeclarationProblem, type Path, pathText, problemText, type Source } from './source.ts';

/**
 * Zod's messages for schemas without their own. `must be …` goes before the value (`must be process or aws, not "docker"`), anything else
 * after it.
 */
export const words: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'boolean' ? 'must be true or false' : `must be a ${kindOf(issue.expected)}`;
    case 'invalid_value':
      return `must be ${issue.values.join(' or ')}`;
    case 'too_small':
      return `must be ${amount(issue, issue.minimum)} or more`;
    case 'too_big':
      return `must be ${amount(issue, issue.maximum)} or less`;
    case 'invalid_union':
      return 'must be emulated or real';
    case 'invalid_format':
      return issue.format === 'url' ? 'must be an https address' : undefined;
    default:
      return undefined;
  }
};

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

interface Saying {
  /** Where in the text an issue's path stands; as it is unless told. */
  readonly place?: (path: Path) => Path;
  /** What to do about a key that is not known. */
  readonly unknownKey: string;
  /** What to write for a key that is missing, by its path. */
  readonly missing?: Readonly<Record<string, string>>;
}

/** Zod's issues as problems of a text; the same problem is reported once. */
export function declarationProblems(
  source: Source,
  issues: readonly z.core.$ZodIssue[],
  { place = (path) => path, unknownKey, missing = {} }: Saying,
): DeclarationProblem[] {
  return once(
    issues.flatMap((issue) => {
      if (issue.code === 'unrecognized_keys') {
        return issue.keys.map((key) =>
          source.problem(place([...issue.path, key]), `is not a known key; ${unknownKey}`),
        );
      }
      const path = place(issue.path);
      const { message } = issue;
      if (!source.has(path)) {
        const hint = missing[pathText(path)];
        return [source.problem(path, `is missing; it ${message}${hint ? `: ${hint}` : ''}`)];
      }
      const shown = source.shown(path);
      return [
        source.problem(
          path,
          (message.startsWith('must be ') ? `${message}, not ${shown}` : `${shown} ${message}`).trim(),
        ),
      ];
    }),
  );
}

/** Without the problems that were said before. */
export const once = (problems: readonly DeclarationProblem[]): DeclarationProblem[] => [
  ...new Map(problems.map((problem) => [problemText(problem), problem])).values(),
];
