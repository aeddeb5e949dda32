import type { Digest } from '../digest.ts';
import type { Runtime } from './runtime.ts';
import type { Target } from './target.ts';

/** An immutable, timestamped fact with its source. */
export interface Fact {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly ms: number;
}

/** A collector's result; the model computes a gate's verdict from it. */
export interface Evidence {
  readonly kind: 'smoke' | 'watch';
  readonly at: string;
  readonly release: Digest;
  readonly environment: string;
  readonly facts: readonly Fact[];
}

/** Tries a version before it has any traffic, by the program that its service brings. Never throws for a bad version: that is a fact. */
export interface SmokeCollector {
  /** `signal` ends it at once; then it rejects with the signal's reason. */
  collect(runtime: Runtime, target: Target, release: Digest, signal?: AbortSignal): Promise<Evidence>;
}

export type Verdict = 'pass' | 'hold' | 'fail';

export interface GateResult {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
}
