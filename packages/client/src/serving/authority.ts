import { cutText } from '@soundbite/model/foreign-text.ts';
import type { SessionGrounds } from '@soundbite/model/people/page-session.ts';
import { type Action, type Actor, forbiddenWords, isAllowed, type Places } from '@soundbite/model/people/roles.ts';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import type { Operation } from '../operations.ts';
import { refusal } from './errors.ts';
import { demandOwnPage } from './guards.ts';

/** Something that somebody asked for. */
export interface Access {
  /** Null: somebody without a token that is known. */
  readonly actor: Actor | null;
  /** The operation's name; `unknown` of somebody who is. */
  readonly operation: string;
  readonly action: Action;
  readonly places: Places;
  readonly allowed: boolean;
}

/** Whom a server of the API knows, and what it writes down. */
export interface Authority {
  /** Null: nobody has this token, or it is revoked or has expired. */
  identify(token: string): Promise<Actor | null>;
  readonly sessions: Sessions;
  /** The names of the declared environments, in order. */
  environments(): readonly string[];
  /** Where a promotion or a freeze is, by its id; null: there is none. */
  environmentOf(id: string): Promise<string | null>;
  /** Of whatever changes something it returns once that is on record. */
  record(access: Access): Promise<void>;
}

/** How a browser says who asks: by a cookie that no script reads, as long as the token stands by which it was let in. */
export interface Sessions {
  /** The cookie's name. */
  readonly cookie: string;
  /** By what a browser of theirs may be let in. Errors: `unauthorized`, if the token has ended in between. */
  grounds(actor: Actor): Promise<SessionGrounds>;
  /** A session from now on: what the cookie is to hold, and whose it is; null: the token is revoked or has expired. */
  begin(grounds: SessionGrounds): Promise<{ readonly session: string; readonly actor: Actor } | null>;
  /** Null: it is nobody's, or its token is revoked or has expired. */
  identify(session: string): Promise<Actor | null>;
}

/** The context of a request of somebody who is known. */
export interface Known {
  Variables: { actor: Actor };
}

/** Whose browser it is; null: nobody's. */
export async function askerByCookie({ sessions }: Pick<Authority, 'sessions'>, c: Context): Promise<Actor | null> {
  const session = getCookie(c, sessions.cookie);
  return session === undefined ? null : sessions.identify(session);
}

const isByCookie = (c: Context): boolean => c.req.header('authorization') === undefined;

/** Whoever sends a token is who it says, whatever cookies come with it. */
async function askerOf(authority: Authority, c: Context): Promise<Actor | null> {
  if (isByCookie(c)) {
    const actor = await askerByCookie(authority, c);
    if (actor !== null) demandOwnPage(c);
    return actor;
  }
  const token = /^Bearer (\S+)$/.exec(c.req.header('authorization') ?? '')?.[1];
  return token === undefined ? null : authority.identify(token);
}

/** A token that ends while somebody reads by it ends the reading. */
export interface StillKnown {
  /** The documents, until whoever reads them may no more. Errors: `unauthorized`. */
  during(documents: AsyncIterable<unknown>): AsyncIterable<unknown>;
  end(): void;
}

/** Asks each so many ms whether who reads is still known, and calls `over` once they are not. It records nothing: that was asked for once. While nobody can say it goes on. */
export function stillKnown(authority: Authority, c: Context, everyMs: number, over: () => void): StillKnown {
  let isOver = false;
  const timer = setInterval(async () => {
    const isKnown = await askerOf(authority, c).then(
      (actor) => actor !== null,
      () => true,
    );
    if (isKnown || isOver) return;
    isOver = true;
    clearInterval(timer);
    over();
  }, everyMs);
  return {
    async *during(documents) {
      try {
        for await (const document of documents) {
          if (isOver) break;
          yield document;
        }
      } catch (error) {
        if (!isOver) throw error;
      }
      if (isOver) throw unauthorized(c);
    },
    end: () => clearInterval(timer),
  };
}

/** Programs bring a token; people a browser, which says where its requests come from. */
function unauthorized(c: Context) {
  if (isByCookie(c) && c.req.header('sec-fetch-site') !== undefined)
    return refusal(
      'unauthorized',
      'nobody is signed in in this browser any more',
      'run soundbite open, and follow its link',
    );
  const hint = 'the token is in control-plane.json of the home (.soundbite), or what soundbite token create printed';
  return refusal('unauthorized', 'the bearer token is missing or wrong, or it is over', hint);
}

/** Refuses requests of nobody who is known, by a token or by a browser's cookie; the others have an actor from here on. */
export function demandToken(authority: Authority): MiddlewareHandler<Known> {
  return async (c, next) => {
    const actor = await askerOf(authority, c);
    if (actor === null) {
      await authority.record({ actor, operation: 'unknown', action: 'look', places: [], allowed: false });
      throw unauthorized(c);
    }
    c.set('actor', actor);
    return next();
  };
}

/** Whether who asks could be allowed an operation, by what is known before its body is read. `places`: null where only the body says them. */
export function mayBegin(c: Context<Known>, operation: Operation, places: Places | null): boolean {
  const { role, environments } = c.get('actor');
  // Where a role holds counts once it is known where it is to act.
  const asks = { role, environments: places === null ? [] : environments };
  return mayByCookie(c, operation) && isAllowed(asks, operation.action, places ?? []);
}

const mayByCookie = (c: Context, { by }: Operation): boolean => by !== 'token' || !isByCookie(c);

/** Whether who asks may ask for an operation; either way it is recorded. Errors: `forbidden`. */
export async function authorise(
  authority: Authority,
  c: Context<Known>,
  name: string,
  operation: Operation,
  places: Places,
): Promise<void> {
  const actor = c.get('actor');
  const { action } = operation;
  const byCookie = mayByCookie(c, operation);
  const allowed = byCookie && isAllowed(actor, action, places);
  await recordAccess(authority, c, name, operation, places, allowed);
  if (!byCookie)
    throw refusal('forbidden', 'a browser’s cookie may not ask for this, a token may', 'use the soundbite command');
  if (!allowed) throw refusal('forbidden', forbiddenWords(actor, action, places), 'ask an admin: soundbite token list');
}

/** Writes down who asked for what. */
export const recordAccess = (
  authority: Authority,
  c: Context<Known>,
  operation: string,
  { action }: Operation,
  places: Places,
  allowed: boolean,
): Promise<void> =>
  authority.record({ actor: c.get('actor'), operation, action, places: places.map(placeAsRecorded), allowed });

/** No environment has so long a name. Who asks for one must not fill the record, nor be able to keep others out of it: a key has its limits. */
const placeAsRecorded = (place: string): string => cutText(place, 64);

interface Asked {
  readonly path: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** The environments that a request acts on. A promotion that goes on acts on all up to the last; `up` without names on all. */
export async function placesAsked(authority: Authority, { where }: Operation, { path, body }: Asked): Promise<Places> {
  const given = (body ?? {}) as {
    readonly environment?: string;
    readonly through?: string;
    readonly environments?: readonly string[];
  };
  if (where === 'path') return [String(path.name).split('@')[0] ?? ''];
  if (where === 'next') return [after(authority.environments(), String(path.name))];
  if (where === 'id') return [await authority.environmentOf(String(path.id))].filter((name) => name !== null);
  if (where === 'body') return between(authority.environments(), given.environment ?? '', given.through);
  return where === 'chain' ? upTo(authority.environments(), given.environments ?? []) : [];
}

/** Where releases go from an environment; itself where they go nowhere. */
function after(all: readonly string[], name: string): string {
  const index = all.indexOf(name);
  return (index === -1 ? undefined : all[index + 1]) ?? name;
}

/** All up to the last one that is named; all where none is. */
function upTo(all: readonly string[], names: readonly string[]): Places {
  return names.length === 0 ? all : all.slice(0, Math.max(...names.map((name) => all.indexOf(name))) + 1);
}

/** From one environment to another, in order. What is not declared is refused elsewhere. */
function between(all: readonly string[], from: string, to: string | undefined): Places {
  const [first, last] = [all.indexOf(from), to === undefined ? -1 : all.indexOf(to)];
  return last <= first ? [from] : all.slice(first, last + 1);
}
