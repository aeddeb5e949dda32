import type { Role } from './roles.ts';

/**
 * What the home's own secret is good for. Its owner could change the home's files as well, so it is an admin's; where an account is real, only until there
 * is an admin with a token, who is a person by name, and again when there is none any more.
 */
export function ownerRole(
  environments: readonly { readonly cloud: { readonly kind: 'emulated' | 'real' } }[],
  hasAdmin: boolean,
): Role {
  return hasAdmin && environments.some(({ cloud }) => cloud.kind === 'real') ? 'viewer' : 'admin';
}
