import { randomBytes } from 'node:crypto';
import type { PrintedToken } from '@soundbite/client';
import type { RecordedAccess } from '@soundbite/engine';
import { type TokenRequest, type TokenView, tokenHash, tokenPrefix } from '@soundbite/model';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

/** Who may ask, and who asked. */
export interface People {
  /** Errors: `token-exists`, `environment-unknown`. */
  createToken(order: TokenRequest, by: string): Promise<PrintedToken>;
  tokens(): Promise<TokenView[]>;
  /** Errors: `token-unknown`. */
  revokeToken(name: string, by: string, created?: string): Promise<TokenView>;
  accesses(about: Parameters<World['engine']['records']['accesses']>[0]): Promise<RecordedAccess[]>;
}

export const people = ({ engine, declaration }: World): People => ({
  async createToken(order, by) {
    for (const name of order.environments) environmentNamed(declaration(), name);
    const token = `${tokenPrefix}${randomBytes(32).toString('base64url')}`;
    const { name, person, role, environments, expires } = await engine.records.createToken({
      ...order,
      hash: tokenHash(token),
      by,
    });
    return { name, person, role, environments, expires, token };
  },
  tokens: () => engine.records.tokens(),
  revokeToken: (name, by, created) => engine.records.revokeToken(name, by, created),
  accesses: (about) => engine.records.accesses(about),
});
