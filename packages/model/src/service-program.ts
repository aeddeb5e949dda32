import { z } from 'zod';
import type { Fact } from './facts.ts';
import { cutText, keptDetail, wellFormed } from './foreign-text.ts';

/** What a run may print. Above it the run is ended. */
export const programLimits = { facts: 500, stdoutBytes: 1_048_576, stderrBytes: 16_777_216 } as const;

/** The facts that SoundBite adds to those of a program: that it failed to do its work, and that every answer named the release. */
export const ownFacts = { program: 'program', releaseHeader: 'release-header' } as const;

const strange = 'must be 1 to 40 of a-z, 0-9 and -, starting with a letter, and not program or release-header';

/** One line on a program's standard output. */
export const FactLine = z.strictObject({
  fact: z
    .string()
    .regex(/^(?!(program|release-header)$)[a-z][a-z0-9-]{0,39}$/, strange)
    .describe('its name, once in a run; `program` and `release-header` are facts of SoundBite itself'),
  ok: z.boolean().describe('whether it holds'),
  detail: z.string().describe('for people: why it holds, or what is wrong; cut after 4,000 characters'),
  ms: z
    .number()
    .min(0, 'must be 0 or more')
    .max(86_400_000, 'must be 86400000 (a day) or less')
    .describe('how long it took to find out; if it is not given, the time since the line before')
    .optional(),
});
export type FactLine = z.infer<typeof FactLine>;

/** The JSON Schema of a fact, for authors of programs. */
export const factLineJsonSchema = (): Record<string, unknown> => ({
  title: 'A line on the standard output of a program that a service brings for its delivery',
  ...z.toJSONSchema(FactLine, { target: 'draft-7' }),
});

/** A line as a fact, or why it is none, quoting it. `sinceMs`: the time since the line before. */
export function readFactLine(line: string, sinceMs: number): Fact | string {
  const read = FactLine.safeParse(parsed(line));
  if (!read.success) return `${quoted(line)} is not a fact: ${whyNot(line, read.error)}`;
  const { fact, ok, detail, ms = sinceMs } = read.data;
  return { name: fact, ok, detail: keptDetail(detail), ms: Math.round(ms) };
}

/** Foreign text in a message: one line without control characters, of at most 200 characters. */
const quoted = (text: string): string => JSON.stringify(cutText(wellFormed(text), 200));

/** Undefined: it is not JSON. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

function whyNot(line: string, { issues }: z.ZodError): string {
  if (parsed(line) === undefined) return 'it is not JSON';
  return issues
    .slice(0, 3)
    .map((issue) => {
      if (issue.code === 'unrecognized_keys') return `it has the unknown key ${issue.keys.map(quoted).join(', ')}`;
      const name = issue.path.join('.');
      if (issue.code === 'invalid_type') return `${name || 'it'} must be ${article(issue.expected)}`;
      return `${name} ${issue.message}`;
    })
    .join('; ');
}

const article = (type: string): string => `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;

/** How a run ended. `stderr`: the end of what it wrote there. */
export interface ProgramRun {
  readonly end:
    | { readonly is: 'exited'; readonly code: number }
    | { readonly is: 'signalled'; readonly signal: string }
    | { readonly is: 'late'; readonly seconds: number }
    | { readonly is: 'flooding'; readonly what: string };
  readonly facts: readonly Fact[];
  /** What was wrong with its lines. */
  readonly strange: readonly string[];
  readonly stderr: string;
  /** Whether it reached the version on trial at all. */
  readonly hasAsked: boolean;
}

/**
 * A run's facts. If the program did not do its work, the fact `program` says why: it hung, crashed, printed something else, printed nothing, or never
 * asked the version.
 */
export function factsOfRun(run: ProgramRun): Fact[] {
  const troubles = [...run.strange.slice(0, 3), ...more(run.strange.length - 3), ...troublesOfEnd(run)];
  if (troubles.length === 0) return [...run.facts];
  const detail = keptDetail(`${troubles.join('; ')}${said(run)}`);
  return [...run.facts, { name: ownFacts.program, ok: false, detail, ms: 0 }];
}

const more = (count: number): string[] => (count > 0 ? [`${count} more lines are wrong`] : []);

function troublesOfEnd({ end, facts, strange, hasAsked }: ProgramRun): string[] {
  if (end.is === 'flooding') return [`it was ended because it printed more than ${end.what}`];
  if (end.is === 'late') return [`it did not end within ${end.seconds} s; ${lastOf(facts)}`];
  if (end.is === 'signalled') return [`it was ended by ${end.signal}; ${lastOf(facts)}`];
  const holds = facts.every(({ ok }) => ok);
  if (end.code > 1) return [`it ended with exit code ${end.code}; ${lastOf(facts)}`];
  if (facts.length === 0) return [`it ended with exit code ${end.code} and printed no fact`];
  if (end.code === 1 && holds) return ['it ended with exit code 1, although each of its facts holds'];
  if (!hasAsked && holds && strange.length === 0)
    return ['it says that its facts hold, but it never asked the version on trial'];
  return [];
}

const lastOf = (facts: readonly Fact[]): string =>
  facts.length === 0 ? 'it printed no fact' : `its last fact was ${facts.at(-1)?.name}`;

const said = ({ stderr }: ProgramRun): string => (stderr === '' ? '' : `. Its standard error ends: ${stderr}`);
