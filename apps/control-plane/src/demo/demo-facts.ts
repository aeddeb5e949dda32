import type { DemoLine, DemoRun } from '@soundbite/client';
import { cutText } from '@soundbite/model/foreign-text.ts';
import { shortDigest } from '@soundbite/model/short-digest.ts';

/** As much as a reader is shown; a demo tells some 60 lines. */
const linesAtMost = 200;
const textAtMost = 2_000;

type Told = Pick<DemoRun, 'lines' | 'counted' | 'problem'>;

/** What is known of a demo after one more line of its program (`soundbite demo --json --narrated`); what is no fact of it tells nothing. */
export function demoHeard(told: Told, line: string): Told {
  const fact = factOf(line);
  if (fact.fact === 'problem') {
    const { code, message, hint } = fact;
    return { ...told, problem: { code: textOf(code), message: textOf(message), hint: textOf(hint) } };
  }
  if (fact.fact === 'promotion') {
    const release = shortDigest(textOf(fact.release));
    const text = fact.kind === 'rollback' ? `Rollback to ${release}` : `Promotion of ${release}`;
    return withLine(told, { kind: 'promotion', text, promotion: textOf(fact.promotion) });
  }
  if (fact.fact !== 'said') return told;
  if (fact.kind === 'live') return { ...told, counted: fact.text === null ? null : textOf(fact.text) };
  const kind = fact.kind === 'part' || fact.kind === 'aside' ? fact.kind : 'say';
  return withLine(told, { kind, text: textOf(fact.text).trim(), promotion: null });
}

const withLine = (told: Told, line: DemoLine): Told => ({ ...told, lines: [...told.lines, line].slice(-linesAtMost) });

const textOf = (value: unknown): string => cutText(typeof value === 'string' ? value : '', textAtMost);

function factOf(line: string): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(line);
    return typeof read === 'object' && read !== null ? (read as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it said last on standard error. */
  readonly said: string;
}

/** The exit code of a demo that was stopped, and has cleaned up. */
const stopped = 4;

/** How a demo came out. What is left of one whose program was killed, the next one puts back first. */
export function demoEnded({ problem }: Pick<Told, 'problem'>, { code, signal, said }: ProgramEnd) {
  if (code === 0) return { state: 'over', problem: null } as const;
  if (code === stopped) return { state: 'stopped', problem: null } as const;
  if (problem) return { state: 'failed', problem } as const;
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const last = said.trim().split('\n').at(-1) ?? '';
  const message = `the demo’s program ended ${how}${last === '' ? '' : `: ${last}`}`;
  return {
    state: 'failed',
    problem: { code: 'demo-unfinished', message, hint: 'soundbite demo --clean puts back what it left' },
  } as const;
}
