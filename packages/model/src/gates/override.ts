import { z } from 'zod';
import type { Role } from '../people/roles.ts';

/** Whose `--override` passes a gate: a deployer's (and an admin's), an admin's, or nobody's. */
export const OverriddenBy = z.enum(['deployer', 'admin', 'nobody']);
export type OverriddenBy = z.infer<typeof OverriddenBy>;

/** Whose `--override` passes a gate of entry that says nothing of it. */
export const usuallyOverriddenBy = 'deployer' satisfies OverriddenBy;

/** Somebody lets a promotion in past rules. */
export interface Overriding {
  readonly reason: string;
  /** Past what nobody overrides, too: somebody broke the glass. */
  readonly isGlass: boolean;
  /** Absent: it was not recorded then. */
  readonly role: Role | undefined;
}

interface OverridingRequest {
  readonly override: boolean;
  readonly breakGlass?: boolean | undefined;
  readonly reason?: string | undefined;
  readonly role?: Role | undefined;
}

/** Null: nobody does. */
export const overridingOf = ({
  override,
  breakGlass: isGlass = false,
  reason = '',
  role,
}: OverridingRequest): Overriding | null => (override || isGlass ? { reason, isGlass, role } : null);

/** Whether that passes a gate. Who asked before roles were recorded was a deployer at least. */
export const overrides = ({ isGlass, role }: Overriding, by: OverriddenBy): boolean =>
  isGlass || by === 'deployer' || (by === 'admin' && role === 'admin');

/** The option of gates that are steps. Absent rather than filled in: plans of before have no such option, and mean the same. */
export const laterOverride = OverriddenBy.optional().describe(
  'whose `--override` lets a promotion go on although it failed; absent: nobody’s, for it guards users',
);

/** What a plan gives to such a gate's step, where somebody goes past it: the reason. */
export const overriddenStep = { overridden: z.string().optional() };

/**
 * Why a promotion goes on past a gate of the version or of traffic that fails; null: it does not. A broken glass is no reason by itself: it passes what
 * keeps a release out, not what guards users from it.
 */
export function goesPast(request: Partial<OverridingRequest>, by: OverriddenBy | undefined): string | null {
  const overriding = overridingOf({ override: false, ...request, breakGlass: false });
  return overriding !== null && by !== undefined && overrides(overriding, by) ? overriding.reason : null;
}
