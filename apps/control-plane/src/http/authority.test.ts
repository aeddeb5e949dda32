import type { RecordedAccess } from '@soundbite/engine';
import type { Actor, Environment } from '@soundbite/model';
import { tokenHash } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { controlPlaneAuthority } from './authority.ts';

const ana: Actor = {
  name: 'ana@example.com',
  token: 'ana',
  person: 'ana@example.com',
  role: 'deployer',
  environments: [],
};

/** A control plane whose last environment is on such a cloud, with a token and, perhaps, an admin. */
function standing({ cloud = 'emulated', admin = false }: { cloud?: 'emulated' | 'real'; admin?: boolean } = {}) {
  const recorded: RecordedAccess[] = [];
  let fails = 0;
  const records = {
    actorWith: async (hash: string) => (hash === tokenHash('sbt_ana') ? ana : null),
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
  return { ...controlPlaneAuthority(world, 'secret'), recorded, failing: (times: number) => (fails = times) };
}

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
