import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clouds, ownerActor, type PromotionRequest } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { controlPlane } from './control-plane.ts';
import { live } from './testing.ts';
import { declarationReader } from './world/declaration.ts';
import { lookMemory } from './world/look-memory.ts';
import { orderedClouds } from './world/ordered-clouds.ts';
import type { World } from './world/world.ts';

const textOf = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
const declared = textOf('environments.yaml');
const real =
  '{ kind: real, account: "123456789012", region: eu-central-1, role: "arn:aws:iam::123456789012:role/controller" }';
const request = (environment: string, kind: 'promote' | 'rollback'): PromotionRequest => ({
  environment,
  kind,
  override: false,
  allowRemovals: [],
  actor: 'test',
});

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'soundbite-newly-real-'));
  const authorizer = '    authorizer: { issuer: "https://login.example", audience: [soundbite] }\n';
  const yaml = declared.replace('  - name: staging\n', `  - name: staging\n${authorizer}`);
  writeFileSync(join(root, 'environments.yaml'), yaml);
  mkdirSync(join(root, 'apps/service'), { recursive: true });
  for (const file of ['service.yaml', 'apps/service/settings.schema.json'])
    writeFileSync(join(root, file), textOf(file));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A control plane that runs on declaration files, and what it asked of engine and clouds. */
function running(databaseUrl: string | undefined) {
  const asked: string[] = [];
  const clouds: Clouds = {
    async of({ name, cloud }) {
      asked.push(`cloud of ${name}`);
      return { kind: cloud.kind, access: async () => Promise.reject(new Error('away')), checkpoint: async () => {} };
    },
  };
  const world = {
    config: { root, home: join(root, 'home'), databaseUrl, devSilenceSeconds: 60 },
    declaration: declarationReader({ root, cloudVariables: {} }),
    clouds: orderedClouds(clouds, databaseUrl),
    looks: lookMemory(),
    ownReleases: { get: async () => ({ provenance: {} }) },
    runtime: () => ({
      looksEveryMs: () => 15_000,
      isHere: () => false,
      address: async () => null,
      healthPaths: async () => null,
      hasLimits: () => true,
    }),
    supervisor: { list: async () => [] },
    infrastructure: {
      state: async () => null,
      isBootstrapped: async () => true,
      allowed: async () => null,
      bootstrap: async () => ({ changed: true }),
      destroy: async () => {},
    },
    releases: { list: async () => [] },
    engine: {
      declaredOtherwise: async () => null,
      database: { answers: async () => undefined },
      mustFit: async () => undefined,
      reconcile: async () => 'as recorded',
      async request({ environment }: PromotionRequest) {
        asked.push(`promotion in ${environment}`);
        return { release: live };
      },
      records: {
        rollbackFloor: async () => null,
        acting: async () => ({ freezes: [], holds: [], block: null, glass: [], taints: [], before: null }),
        environment: async () => ({ liveRelease: live, previousRelease: null, infrastructureRelease: live }),
        list: async () => [],
        undeclared: async () => [],
        otherHomes: async () => [],
      },
    },
  };
  return { plane: controlPlane(world as unknown as World), asked };
}

/** As a person does it while the control plane runs. */
const becomesReal = (...names: string[]) =>
  writeFileSync(
    join(root, 'environments.local.yaml'),
    `environments:\n${names.map((name) => `  ${name}:\n    cloud: ${real}\n`).join('')}`,
  );

const notShared = {
  code: 'database-not-shared',
  source: 'user',
  message: 'staging is a real account, and the embedded database belongs to this machine alone',
  hint: 'set DATABASE_URL to the Postgres that your team shares',
};

describe('a cloud that becomes real while the control plane runs on a database of its own', () => {
  it.each<[string, (plane: ReturnType<typeof controlPlane>) => Promise<unknown>]>([
    ['promote', (plane) => plane.promote(request('staging', 'promote'), ownerActor('admin'))],
    ['roll back', (plane) => plane.promote(request('staging', 'rollback'), ownerActor('admin'))],
    ['bootstrap', (plane) => plane.bootstrap('staging', { preview: false })],
    ['destroy', (plane) => plane.destroy('staging', { confirm: 'staging', actor: 'ana' })],
    ['bring up', (plane) => plane.up({ promote: true }, ownerActor('admin'))[Symbol.asyncIterator]().next()],
  ])('is not acted on: %s', async (_, act) => {
    const { plane, asked } = running(undefined);
    becomesReal('staging');
    await expect(act(plane)).rejects.toMatchObject(notShared);
    expect(asked).toEqual([]);
  });

  it('is not served by processes from source either', async () => {
    const { plane } = running(undefined);
    becomesReal('dev-aws');
    // Loopback callbacks are refused on a real cloud, before anything else is.
    writeFileSync(
      join(root, 'environments.yaml'),
      readFileSync(join(root, 'environments.yaml'), 'utf8').replaceAll('callbacks: loopback', 'callbacks: public'),
    );
    await expect(plane.dev.begin('dev-aws')).rejects.toMatchObject({ code: 'database-not-shared' });
  });

  it('leaves the others as they are, and says of itself that it is down and why', async () => {
    const { plane, asked } = running(undefined);
    await plane.promote(request('staging', 'promote'), ownerActor('admin'));
    becomesReal('staging');
    await plane.promote(request('production', 'promote'), ownerActor('admin'));
    expect(asked).toEqual(['promotion in staging', 'promotion in production']);
    const staging = (await plane.status([])).environments.find(({ name }) => name === 'staging');
    expect(staging).toMatchObject({ state: 'down', url: null, cloud: { kind: 'real' } });
    const { environments } = await plane.health(['staging']);
    expect(environments[0]?.findings).toEqual([
      { name: 'account', ok: false, detail: notShared.message, hint: notShared.hint },
    ]);
    await expect(plane.validate('staging')).rejects.toMatchObject(notShared);
    expect((await plane.doctor([])).findings).toContainEqual({
      name: 'staging',
      ok: false,
      detail: notShared.message,
      hint: notShared.hint,
    });
  });

  it('is acted on with a database that is shared', async () => {
    const { plane, asked } = running('postgres://shared.example/soundbite');
    becomesReal('staging');
    await plane.promote(request('staging', 'promote'), ownerActor('admin'));
    expect(await plane.bootstrap('staging', { preview: false })).toEqual({
      environment: 'staging',
      changed: true,
      release: null,
      added: [],
    });
    expect(asked).toEqual(['promotion in staging', 'cloud of staging']);
  });
});
