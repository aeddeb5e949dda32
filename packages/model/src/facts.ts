import type { Digest } from './digest.ts';
import type { ProgramKind } from './program-copy.ts';

/** An immutable, timestamped fact with its source. */
export interface Fact {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly ms: number;
}

/** A collector's result; the model computes a gate's verdict from it. */
export interface Evidence {
  readonly kind: ProgramKind | 'watch';
  readonly at: string;
  readonly release: Digest;
  readonly environment: string;
  readonly facts: readonly Fact[];
}
