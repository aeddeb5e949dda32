import { createHash } from 'node:crypto';
import { z } from 'zod';
import { SoundBiteError } from '../errors.ts';
import type { Actor } from './roles.ts';
import { Role } from './roles.ts';

/** The actor of the home's own secret. No token has this name. */
export const localActor = 'local';

/** A token's name: it stands in records. */
export const TokenName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'must be 1 to 64 of a-z, 0-9, dot, hyphen and underscore')
  .refine((name) => name !== localActor, `must not be ${localActor}: that is the home itself`);

/** A person, by e-mail address. Capitals do not make another person. */
export const Person = z
  .string()
  .max(254)
  .regex(/^[^\s@<>"]+@[^\s@<>"]+$/, 'must be an e-mail address')
  .transform((address) => address.toLowerCase());

/** How long a token lasts, in days: at most a year. */
export const tokenDays = { usual: 90, most: 366 } as const;

/** What a new token is to be. */
export const TokenRequest = z.strictObject({
  name: TokenName,
  /** Whose it is; absent: a program's. */
  person: Person.optional(),
  role: Role,
  /** Where the role holds; everywhere when empty. */
  environments: z.array(z.string()).default([]),
  days: z.int().min(1).max(tokenDays.most).default(tokenDays.usual),
});
export type TokenRequest = z.infer<typeof TokenRequest>;

/** A token as it is listed: never the token itself, of which a hash is kept. */
export const TokenView = z.object({
  name: z.string(),
  person: z.string().nullable(),
  role: Role,
  environments: z.array(z.string()),
  by: z.string(),
  created: z.string(),
  expires: z.string(),
  /** When it was taken back; null: it was not. */
  revoked: z.string().nullable(),
  /** When something was last asked for with it, to the minute; null: never. */
  used: z.string().nullable(),
});
export type TokenView = z.infer<typeof TokenView>;

/** Whether something can be asked for with a token at a time (ms since 1970). */
export const isInForce = ({ revoked, expires }: Pick<TokenView, 'revoked' | 'expires'>, now: number): boolean =>
  revoked === null && Date.parse(expires) > now;

/** By this start people and scanners of secrets know a token. */
export const tokenPrefix = 'sbt_';

/** What is kept of a token. It has 256 random bits, so that a plain hash cannot be turned back. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Who asks with a token. */
export const actorOf = (token: Pick<TokenView, 'name' | 'person' | 'role' | 'environments'>): Actor => ({
  name: token.person ?? token.name,
  token: token.name,
  person: token.person,
  role: token.role,
  environments: token.environments,
});

/** Who asks with the home's own secret: its owner, who could change the home's files as well. */
export const ownerActor = (role: Role): Actor => ({
  name: localActor,
  token: null,
  person: localActor,
  role,
  environments: [],
});

/** `created`: when the one that is meant was made (ISO 8601); absent: the newest of this name. */
export const unknownToken = (name: string, created?: string): SoundBiteError =>
  new SoundBiteError(
    'token-unknown',
    `no token is named ${name}${created === undefined ? '' : `, and was made at ${created}`}`,
  );
