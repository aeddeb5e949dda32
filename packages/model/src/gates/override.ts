import { z } from 'zod';
import type { Role } from '../people/roles.ts';

/** Whose `--override` passes a gate: a deployer's (and an admin's), an admin's, or nobody's. */
export const OverriddenBy = z.enum(['deployer', 'admin', 'nobody']);
export type OverriddenBy = z.infer<typeof OverriddenBy>;

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
