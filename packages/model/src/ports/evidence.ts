import type { Digest } from '../digest.ts';
import type { Evidence } from '../facts.ts';
import type { ProgramKind } from '../program-copy.ts';
import type { Runtime } from './runtime.ts';
import type { Target } from './target.ts';

/** What a program of a release is run for: its version, before that has any traffic. */
export interface ProgramTrial {
  readonly kind: ProgramKind;
  readonly runtime: Runtime;
  readonly target: Target;
  readonly release: Digest;
  /** What serves meanwhile; null: nothing does. A smoke is not told. */
  readonly live?: Digest | null;
  /** Called before each start of the program: counts it, and gives its number, which the program is told. */
  readonly begun?: () => Promise<number>;
  /** Ends it at once; then `collect` rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Runs the programs that a service brings. Never throws for a bad version: that is a fact. */
export interface ProgramCollector {
  collect(trial: ProgramTrial): Promise<Evidence>;
}
