import type { RecordedAccess } from '@soundbite/engine';
import type { Actor, Environment, TokenView } from '@soundbite/model';
import { actorOf, ownerActor, tokenHash } from '@soundbite/model';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { controlPlaneAuthority } from './authority.ts';

const ana: Actor = {
  name: 'ana@example.com',
  token: 'ana',
  person: 'ana@example.com',
  role: 'deployer',
  environments: [],
};

const token: TokenView = {
  ...{ name: 'ana', person: ana.person, role: ana.role, environments: [], by: 'local', used: null, revoked: null },
  ...{ created: '2026-12-01T08:00:00.000Z', expires: '9999-01-01T00:00:00.000Z' },
};

interface Standing {
  readonly cloud: 'emulated' | 'real';
  readonly admin: boolean;
  /** The home's own. */
  readonly secret: string;
}

/** A control plane whose last environment is on such a cloud, with a token and, perhaps, an admin. */
function standing({ cloud = 'emulated', admin = false, secret = 'secret' }: Partial<Standing> = {}) {
  const recorded: RecordedAccess[] = [];
  const tokens: TokenView[] = [token];
  let fails = 0;
  const records = {
    actorWith: async (hash: string) => (hash === tokenHash('sbt_ana') ? ana : null),
    tokenMade: async (name: string) => tokens.find((one) => one.name === name && one.revoked === null)?.created ?? null,
    actorOfToken: async (name: string, created: string) => {
      const found = tokens.find((one) => one.name === name && one.created === created && one.revoked === null);
      return found ? actorOf(found) : null;
    },
    hasAdmin: async () => admin,
    environmentOf: async () => null,
    async recordAccesses(rows: readonly RecordedAccess[]) {
      if (fails-- > 0) throw new Error('the database is away');
      recorded.push(...rows);
    },
  };
  const environments = [
    { name: 'dev', cloud: { kind: 'emulated' } },
    { name: 'production', cloud: { kind: cloud } },
  ] as unknown as Environment[];
  const engine = { records, database: { whileAnswering: (work: () => unknown) => work() } };
  const world = {
    engine,
    declaration: () => ({ environments }),
    log: { warn: () => {} },
  } as unknown as Parameters<typeof controlPlaneAuthority>[0];
  return { ...controlPlaneAuthority(world, secret), recorded, tokens, failing: (times: number) => (fails = times) };
}

/** What the cookie holds of a browser that they let in. */
async function letIn({ sessions }: Pick<ReturnType<typeof standing>, 'sessions'>, actor: Actor): Promise<string> {
  const begun = await sessions.begin(await sessions.grounds(actor));
  return begun?.session ?? expect.fail('it is let in');
}

afterEach(() => {
  vi.useRealTimers();
});

const asked = { actor: ana, operation: 'getStatus', action: 'look', places: [], allowed: true } as const;

describe('the home’s own secret', () => {
  it.each([
    [{ cloud: 'emulated', admin: true }, 'admin'],
    [{ cloud: 'real', admin: false }, 'admin'],
    [{ cloud: 'real', admin: true }, 'viewer'],
  ] as const)('%j: is %s’s', async (about, role) => {
    expect(await standing(about).identify('secret')).toMatchObject({ name: 'local', token: null, role });
  });
});

it('a token is its person’s, and another text is nobody’s', async () => {
  const authority = standing();
  expect(await authority.identify('sbt_ana')).toEqual(ana);
  for (const token of ['sbt_bob', '', 'secretx', 'Secret']) expect(await authority.identify(token)).toBeNull();
});

describe('a browser', () => {
  it('asks as whoever let it in, after a restart, too', async () => {
    const session = await letIn(standing(), ana);
    expect(await standing().sessions.identify(session)).toEqual(ana);
  });

  it('of the home’s own secret is what that is now', async () => {
    const session = await letIn(standing({ cloud: 'real' }), ownerActor('admin'));
    expect(await standing({ cloud: 'real', admin: true }).sessions.identify(session)).toMatchObject({ role: 'viewer' });
  });

  it('is nobody any more once its token is revoked, although another one has its name', async () => {
    const { sessions, tokens } = standing();
    const session = await letIn({ sessions }, ana);
    const grounds = await sessions.grounds(ana);
    tokens.splice(0, 1, { ...token, created: '2026-12-01T09:00:00.000Z' }, { ...token, revoked: token.created });
    expect(await sessions.identify(session)).toBeNull();
    expect(await sessions.begin(grounds)).toBeNull();
  });

  it('is not let in by a token that has ended in between', async () => {
    const { sessions, tokens } = standing();
    tokens.splice(0, 1, { ...token, revoked: token.created });
    await expect(sessions.grounds(ana)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('of another home, or after a week, is nobody', async () => {
    const home = standing();
    const session = await letIn(home, ownerActor('admin'));
    expect(await standing({ secret: 'another' }).sessions.identify(session)).toBeNull();
    vi.useFakeTimers({ now: Date.now() + 7 * 86_400_000 - 1_000, toFake: ['Date'] });
    expect(await home.sessions.identify(session)).toMatchObject({ name: 'local' });
    vi.setSystemTime(Date.now() + 1_000);
    expect(await home.sessions.identify(session)).toBeNull();
  });
});

describe('what somebody asks for', () => {
  it('is on record before it is done, if it changes something', async () => {
    const { record, recorded } = standing();
    await record({ ...asked, operation: 'requestPromotion', action: 'deliver', places: ['dev', 'staging'] });
    expect(recorded).toMatchObject([{ actor: 'ana@example.com', token: 'ana', places: 'dev,staging', times: 1 }]);
    expect(recorded[0]?.minute).toMatch(/T\d\d:\d\d:00.000Z$/);
  });

  it('is gathered, if it only looks or is refused, and kept while the database is away', async () => {
    const { record, recorded, failing } = standing();
    failing(1);
    for (let time = 0; time < 3; time++) await record(asked);
    await record({ ...asked, action: 'deliver', operation: 'cutRelease', allowed: false });
    await record({ ...asked, actor: null, operation: 'unknown', allowed: false });
    expect(recorded).toEqual([]);
    await expect.poll(() => recorded.length, { timeout: 10_000 }).toBe(3);
    expect(recorded).toMatchObject([
      { operation: 'getStatus', allowed: true, times: 3 },
      { operation: 'cutRelease', allowed: false, times: 1 },
      { operation: 'unknown', actor: '', allowed: false, times: 1 },
    ]);
  });
});
