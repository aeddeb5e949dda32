import { timingSafeEqual } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Access, Authority, Sessions } from '@soundbite/client/serving/authority.ts';
import { refusal } from '@soundbite/client/serving/errors.ts';
import type { RecordedAccess } from '@soundbite/engine';
import {
  ownerActor,
  ownerRole,
  pageCookieName,
  type Role,
  readSession,
  type SessionGrounds,
  signedSession,
  toErrorDocument,
  tokenHash,
} from '@soundbite/model';
import type { World } from '../world/world.ts';

type AuthorityWorld = Pick<World, 'engine' | 'declaration' | 'log'>;

/** How long what was only looked at, or refused, waits until it is written down with others, in ms. */
const gatheredMs = 1_000;

/** Everybody who asks the control plane: those with a token, and whoever reads the home's own secret. */
export function controlPlaneAuthority(world: AuthorityWorld, secret: string): Authority {
  const { records } = world.engine;
  const own = tokenHash(secret);
  const gather = gathering(world);
  return {
    async identify(token) {
      const hash = tokenHash(token);
      if (timingSafeEqual(Buffer.from(hash), Buffer.from(own))) return ownerActor(await roleOfOwner(world));
      return world.engine.database.whileAnswering(() => records.actorWith(hash));
    },
    sessions: sessionsOf(world, secret),
    environments: () => world.declaration().environments.map(({ name }) => name),
    environmentOf: (id) => records.environmentOf(id),
    async record(access) {
      const row = rowOf(access);
      if (!access.allowed || access.action === 'look') gather(row);
      else await records.recordAccesses([row]);
    },
  };
}

/** A browser asks by what this home signed, as long as the token stands by which it was let in. Whoever changes the home's secret ends them all. */
function sessionsOf(world: AuthorityWorld, secret: string): Sessions {
  const { records, database } = world.engine;
  const askerBy = async ({ token, created }: SessionGrounds) => {
    if (token === null) return ownerActor(await roleOfOwner(world));
    return created === null ? null : database.whileAnswering(() => records.actorOfToken(token, created));
  };
  return {
    cookie: pageCookieName(secret),
    async grounds({ token }) {
      if (token === null) return { token, created: null };
      const created = await database.whileAnswering(() => records.tokenMade(token));
      if (created !== null) return { token, created };
      throw refusal('unauthorized', `the token ${token} is over`, 'soundbite token create');
    },
    async begin(grounds) {
      const actor = await askerBy(grounds);
      return actor && { actor, session: signedSession({ ...grounds, issued: Date.now() }, secret) };
    },
    async identify(session) {
      const claim = readSession(session, secret, Date.now());
      return claim && askerBy(claim);
    },
  };
}

/** What the home's own secret is good for now. Nothing is asked of the database while all accounts are emulated. */
async function roleOfOwner({ engine, declaration }: AuthorityWorld): Promise<Role> {
  const { environments } = declaration();
  if (ownerRole(environments, true) === 'admin') return 'admin';
  return ownerRole(environments, await engine.database.whileAnswering(() => engine.records.hasAdmin()));
}

const rowOf = ({ actor, operation, action, places, allowed }: Access): RecordedAccess => ({
  minute: new Date(Math.floor(Date.now() / 60_000) * 60_000).toISOString(),
  actor: actor?.name ?? '',
  token: actor?.token ?? '',
  ...{ operation, action, places: places.join(','), allowed, times: 1 },
});

/** Writes down together what came within a moment. While the database is away it is kept; nobody waits for it. */
function gathering({ engine, log }: AuthorityWorld): (row: RecordedAccess) => void {
  const kept = new Map<string, RecordedAccess>();
  let isBusy = false;
  const add = (row: RecordedAccess) => {
    const key = JSON.stringify({ ...row, times: 0 });
    kept.set(key, { ...row, times: (kept.get(key)?.times ?? 0) + row.times });
  };
  const write = async () => {
    await setTimeout(gatheredMs, undefined, { ref: false });
    const rows = [...kept.values()];
    kept.clear();
    await engine.records.recordAccesses(rows).catch((error: unknown) => {
      log.warn(toErrorDocument(error), 'who looked could not be recorded yet');
      for (const row of rows) add(row);
    });
  };
  return (row) => {
    add(row);
    if (isBusy) return;
    isBusy = true;
    void (async () => {
      while (kept.size > 0) await write();
      isBusy = false;
    })();
  };
}
