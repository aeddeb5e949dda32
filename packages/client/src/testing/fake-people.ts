import { randomBytes } from 'node:crypto';
import {
  type Actor,
  type Approver,
  actorOf,
  isAllowed,
  isInForce,
  localActor,
  ownerActor,
  pageCookieName,
  readSession,
  type SessionGrounds,
  SoundBiteError,
  signedSession,
  type TokenRequest,
  unknownToken,
} from '@soundbite/model';
import type * as schemas from '../schemas.ts';
import type { Access, Authority } from '../serving/authority.ts';
import type { Ledger } from './fake-places.ts';

const day = 86_400_000;

type Kept = schemas.TokenView & { readonly token: string };

/** Tokens and who asked, in memory. */
export function fakePeople(names: readonly string[], ledger: Ledger, environmentOf: (id: string) => string | null) {
  const tokens: Kept[] = [];
  const asked: Access[] = [];
  const stands = (token: schemas.TokenView) => isInForce(token, Date.now());
  const used = (name: string) => (asked.some(({ actor }) => actor?.token === name) ? new Date().toISOString() : null);
  const shown = ({ token: _, ...view }: Kept): schemas.TokenView => ({
    ...view,
    used: used(view.name),
  });
  const askerBy = ({ token, created }: SessionGrounds): Actor | null => {
    if (token === null) return ownerActor('admin');
    const found = tokens.find((one) => one.name === token && one.created === created && stands(one));
    return found ? actorOf(found) : null;
  };
  return {
    asked,
    /** The owner's secret and the tokens. */
    authority: (secret: string): Authority => ({
      async identify(token): Promise<Actor | null> {
        if (token === secret) return ownerActor('admin');
        const found = tokens.find((one) => one.token === token && stands(one));
        return found ? actorOf(found) : null;
      },
      sessions: {
        cookie: pageCookieName(secret),
        async grounds({ token }) {
          if (token === null) return { token, created: null };
          const found = tokens.find((one) => one.name === token && stands(one));
          if (found) return { token, created: found.created };
          throw new SoundBiteError('unauthorized', `the token ${token} is over`);
        },
        async begin(grounds) {
          const actor = askerBy(grounds);
          return actor && { actor, session: signedSession({ ...grounds, issued: Date.now() }, secret) };
        },
        async identify(session) {
          const claim = readSession(session, secret, Date.now());
          return claim && askerBy(claim);
        },
      },
      environments: () => names,
      environmentOf: async (id) => environmentOf(id),
      async record(access) {
        asked.unshift(access);
      },
    }),
    create({ days, person: whose, ...order }: TokenRequest, by: string): schemas.PrintedToken {
      const person = whose ?? null;
      for (const name of order.environments)
        if (!names.includes(name)) throw new SoundBiteError('environment-unknown', `there is no environment "${name}"`);
      if (tokens.some((one) => one.name === order.name && stands(one)))
        throw new SoundBiteError('token-exists', `a token named ${order.name} is in use`);
      const token = `sbt_${randomBytes(32).toString('base64url')}`;
      const times = { created: new Date().toISOString(), expires: new Date(Date.now() + days * day).toISOString() };
      tokens.unshift({ ...order, person, by, ...times, revoked: null, used: null, token });
      ledger.record('token.created', order.name, { ...order, person, by, ...times });
      return { ...order, person, token, expires: times.expires };
    },
    /** Who may say yes or no there. */
    approversIn: (environment: string): readonly Approver[] => [
      { person: localActor, role: 'admin' },
      ...tokens.filter(stands).flatMap(({ person, role, environments }) => {
        const may = isAllowed({ role, environments }, 'decide', [environment]);
        return person !== null && may ? [{ person, role }] : [];
      }),
    ],
    list: (): schemas.TokenList => ({ tokens: tokens.map(shown) }),
    revoke(name: string, by: string, created?: string): schemas.TokenView {
      const isMeant = (one: schemas.TokenView) =>
        created === undefined || Date.parse(one.created) === Date.parse(created);
      const found = tokens.find((one) => one.name === name && isMeant(one));
      if (!found) throw unknownToken(name, created);
      if (found.revoked !== null) return shown(found);
      const revoked = { ...found, revoked: new Date().toISOString() };
      tokens[tokens.indexOf(found)] = revoked;
      ledger.record('token.revoked', name, { by });
      return shown(revoked);
    },
    accesses: ({ actor, refused, limit }: schemas.AccessQuery): schemas.AccessList => ({
      accesses: asked
        .filter((one) => actor === undefined || one.actor?.name === actor)
        .filter(({ allowed }) => refused !== 'true' || !allowed)
        .slice(0, limit)
        .map(({ actor: who, operation, action, places: where, allowed }) => ({
          ...{ minute: new Date().toISOString(), actor: who?.name ?? '', token: who?.token ?? '' },
          ...{ operation, action, places: where.join(','), allowed, times: 1 },
        })),
    }),
  };
}
