import type { Environment } from '../declaration/shape.ts';
import type { Cloud } from './cloud.ts';

/** A stack's outputs, by the keys of `stackOutputs`. */
export type StackOutputs = Readonly<Record<string, string>>;

/** Who may act on an environment: the target refuses generations older than the newest. `owner` names the control plane's database. */
export interface Fence {
  readonly owner: string;
  readonly generation: number;
}

/** One environment as a runtime sees it. */
export interface Target {
  readonly environment: Environment;
  readonly cloud: Cloud;
  readonly outputs: StackOutputs;
  /** The release whose template the stack has, if read: only its functions may be restored. */
  readonly deployed?: string | null;
  /** `Cloud.configuration` before the stack was read, if read: what was seen of the account is valid while that stays the same. */
  readonly configuration?: string | null;
}
