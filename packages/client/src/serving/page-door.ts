import { randomBytes } from 'node:crypto';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { type SessionGrounds, sessionLastsMs } from '@soundbite/model/people/page-session.ts';
import type { Actor } from '@soundbite/model/people/roles.ts';
import { tokenHash } from '@soundbite/model/people/token.ts';
import type { Context, Hono } from 'hono';
import { setCookie } from 'hono/cookie';
import type { PageLink } from '../schemas.ts';
import type { Authority, Known } from './authority.ts';
import { demandPageOpened } from './guards.ts';

/** How long a link can be used, in ms. */
const linkLastsMs = 5 * 60_000;
/** How long it is remembered why one cannot be used any more, in ms. */
const rememberedMs = 3_600_000;
/** So many links of one token are kept; more of them push out the oldest. */
const mostOfOne = 10;

/** Where links lead, on the control plane. */
const enterPath = '/enter';

const hint = 'soundbite open';

/** How browsers get in: by a link that somebody with a token makes, once. */
export interface PageDoor {
  /** A link that lets a browser in as its asker. */
  link(actor: Actor): Promise<PageLink>;
  /** What the cookie is to hold, and whose it is. Errors: `link-invalid`, `link-over`. */
  enter(link: string): Promise<{ readonly session: string; readonly actor: Actor }>;
}

interface Kept {
  readonly grounds: SessionGrounds;
  /** By the monotonic clock. */
  readonly at: number;
  /** By the wall's. */
  readonly expires: number;
  isUsed: boolean;
}

/** By which it is later now: one goes on while the other is put back, one while the machine sleeps. */
interface Clocks {
  monotonic(): number;
  wall(): number;
}

const usual: Clocks = { monotonic: () => performance.now(), wall: () => Date.now() };

/** Links are kept in memory: what could be used twice after a restart is gone with the process that made it. */
export function pageDoor({ sessions }: Pick<Authority, 'sessions'>, clocks: Clocks = usual): PageDoor {
  const links = new Map<string, Kept>();
  const isLate = ({ at, expires }: Kept) => clocks.monotonic() >= at + linkLastsMs || clocks.wall() >= expires;
  const forget = (token: string | null) => {
    for (const [hash, { at }] of links) if (clocks.monotonic() >= at + rememberedMs) links.delete(hash);
    const own = [...links].filter(([, kept]) => kept.grounds.token === token).map(([hash]) => hash);
    for (const hash of own.slice(0, Math.max(0, own.length - mostOfOne + 1))) links.delete(hash);
  };
  return {
    async link(actor) {
      const grounds = await sessions.grounds(actor);
      const link = randomBytes(32).toString('base64url');
      const expires = clocks.wall() + linkLastsMs;
      forget(grounds.token);
      links.set(tokenHash(link), { grounds, at: clocks.monotonic(), expires, isUsed: false });
      return { path: `${enterPath}/${link}`, expires: new Date(expires).toISOString() };
    },
    async enter(link) {
      const kept = links.get(tokenHash(link));
      if (!kept)
        throw new SoundBiteError(
          'link-invalid',
          'this link is not known any more: altered, too old, or newer ones took its place',
          { hint },
        );
      if (kept.isUsed) throw new SoundBiteError('link-over', 'this link has been used', { hint });
      if (isLate(kept)) throw new SoundBiteError('link-over', 'this link has expired', { hint });
      // Before anything is awaited: another request with it comes too late.
      kept.isUsed = true;
      const begun = await sessions.begin(kept.grounds).catch((error: unknown) => {
        kept.isUsed = false;
        throw error;
      });
      if (begun) return begun;
      throw new SoundBiteError('link-over', 'the token is over by which this link was made', { hint });
    },
  };
}

/** The route behind a link: it lets a browser in and shows the page. `refused` answers an error. */
export function servePageDoor(
  app: Hono<Known>,
  door: PageDoor,
  authority: Authority,
  refused: (error: unknown, c: Context) => Response | Promise<Response>,
): void {
  const asked = { operation: 'openPage', action: 'look', places: [] } as const;
  app.get(`${enterPath}/:link`, demandPageOpened, async (c) => {
    // Whoever asks what a link leads to has not followed it.
    if (c.req.method === 'HEAD') return c.body(null);
    try {
      const { session, actor } = await door.enter(c.req.param('link'));
      await authority.record({ ...asked, actor, allowed: true });
      const kept = { httpOnly: true, sameSite: 'Strict', path: '/', maxAge: sessionLastsMs / 1000 } as const;
      setCookie(c, authority.sessions.cookie, session, kept);
      return c.redirect('/', 303);
    } catch (error) {
      await authority.record({ ...asked, actor: null, allowed: false });
      return refused(error, c);
    }
  });
}
