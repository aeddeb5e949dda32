import type { Action } from '@soundbite/model';
import { actions, Role } from '@soundbite/model/people/roles.ts';
import { TokenRequest, TokenView } from '@soundbite/model/people/token.ts';
import { z } from 'zod';
import { Name, Time, WholeNumber } from './words.ts';

export { TokenRequest, TokenView };

/** POST /v1/tokens: the token itself is in this answer and nowhere else. A secret: never to be logged. */
export const PrintedToken = z.object({
  name: Name,
  person: z.string().nullable(),
  role: Role,
  environments: z.array(Name),
  token: z.string(),
  expires: Time,
});
export type PrintedToken = z.infer<typeof PrintedToken>;

/** DELETE /v1/tokens/{token}?created= */
export const TokenChoice = z.strictObject({
  created: Time.describe('the one that was made then; the newest of this name when absent').optional(),
});
export type TokenChoice = z.infer<typeof TokenChoice>;

/** GET /v1/tokens */
export const TokenList = z.object({ tokens: z.array(TokenView) });
export type TokenList = z.infer<typeof TokenList>;

/** GET /v1/accesses?actor=&refused=&limit= */
export const AccessQuery = z.strictObject({
  actor: z.string().describe('of one person or program alone').optional(),
  refused: z.enum(['true', 'false']).describe('true: only what was refused').optional(),
  limit: WholeNumber(1, 1000).describe('at most so many').default(100),
});
export type AccessQuery = z.infer<typeof AccessQuery>;

/** Who asked for what in one minute, and how often. */
export const AccessView = z.object({
  minute: Time,
  /** Empty: somebody without a token that is known. */
  actor: z.string(),
  /** The token's name; empty: the home's own secret, or nobody's. */
  token: z.string(),
  operation: z.string(),
  action: z.enum(Object.keys(actions) as [Action, ...Action[]]),
  /** Environments, with commas between. */
  places: z.string(),
  allowed: z.boolean(),
  times: z.int().min(1),
});
export type AccessView = z.infer<typeof AccessView>;

/** Newest first. */
export const AccessList = z.object({ accesses: z.array(AccessView) });
export type AccessList = z.infer<typeof AccessList>;

/** POST /v1/page/link: lets a browser in, once. `path`: on the control plane, wherever that is reached. A secret: never to be logged. */
export const PageLink = z.object({ path: z.string(), expires: Time });
export type PageLink = z.infer<typeof PageLink>;
