import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Digest, digestOf, type Environment, ownerActor, type PromotionRequest } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { up } from './up.ts';
import { lookMemory } from './world/look-memory.ts';
import type { World } from './world/world.ts';

const fresh: Digest = digestOf('fresh');
const old: Digest = digestOf('old');
const names = ['dev-localstack', 'dev-aws', 'staging', 'production'];

let server: Server;
let url: string;
/** What is live where, and what is well; a promotion succeeds at once. `asked` are the promotions. */
let live: Map<string, Digest | null>;
let real: Set<string>;
let ill: Set<string>;
let asked: string[];
let tainted: Set<string>;
/** What was promoted and rolled back before, newest first. */
let past: { release: Digest; kind: string; previous: Digest | null; state: string }[];
/** How what restores a changed environment ends, and what of that is open. Requests by their keys. */
let restores: 'succeeded' | 'failed' | 'waiting';
let open: { promotion: string; environment: string; release: Digest; kind: string; state: string; steps: [] }[];
let keys: Map<string, string>;
/** Environments in which promotions wait, and in how many looks what is under way before them has ended. */
let waiting: Set<string>;
let busy: Map<string, number>;
/** For whom they wait; the revisions of the views to come; how long news of them was waited for (ms). */
/** What the gates of a promotion say. */
let gates: { gate: string; verdict: string; reasons: string[] }[];
let waitsFor: 'person' | 'control-plane' | null;
let revisions: number[];
let patience: number[];
/** What the next views say of a step that is done again. */
let retried: string[];

beforeEach(async () => {
  live = new Map(names.map((name) => [name, old]));
  [real, ill, asked] = [new Set(), new Set(), []];
  tainted = new Set();
  [restores, open, keys] = ['succeeded', [], new Map()];
  [waiting, busy] = [new Set(), new Map()];
  [gates, past] = [[], []];
  [waitsFor, revisions, patience] = [null, [], []];
  retried = [];
  server = createServer((request, response) => {
    const name = request.url?.split('/')[1] ?? '';
    response.writeHead(ill.has(name) ? 503 : 200, { 'x-soundbite-release': live.get(name) ?? '' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => server.close());

/** As much of a world as `up` asks. All environments are processes; what answers there is the server above. */
function world(): World {
  const environments = names.map((name) => ({
    name,
    runtime: 'process',
    cloud: { kind: real.has(name) ? 'real' : 'emulated', account: '000000000001', region: 'us-east-1' },
  }));
  const done = (promotion: string, release: Digest) => ({
    promotion,
    release,
    state: 'succeeded',
    steps: [],
    gates,
    reason: null,
    waitsFor: null,
  });
  return {
    config: { root: '/repository', databaseUrl: 'postgres://shared' },
    declaration: () => ({ environments }),
    cutIfChanged: async () => ({ release: fresh, commit: 'c'.repeat(40), created: true, dirty: false }),
    clouds: { of: async () => ({}) },
    infrastructure: {
      isBootstrapped: async () => true,
      presence: async () => ({ missing: [], changed: [], leftovers: [] }),
      state: async () => ({ outputs: {}, release: old }),
    },
    runtime: () => ({
      isHere: () => true,
      looksEveryMs: () => 0,
      address: async ({ name }: Environment) => ({ url: `${url}/${name}`, wantsToken: false }),
      healthPaths: async () => ({ alive: '/health', ready: '/ready', keepsContract: true }),
      observe: async ({ environment }: { environment: Environment }) => ({
        versions: [{ release: live.get(environment.name), share: 1, healthy: true, detail: '' }],
        restarts: 0,
        drift: [],
      }),
    }),
    supervisor: { list: async () => [] },
    looks: lookMemory(),
    ownReleases: { get: async () => ({ provenance: {} }) },
    engine: {
      declaredOtherwise: async () => null,
      mustFit: async () => undefined,
      reconcile: async () => 'as recorded',
      async request({ environment, release = fresh, reason, idempotencyKey = '' }: PromotionRequest) {
        const standing = keys.get(idempotencyKey);
        if (standing === undefined) asked.push(environment);
        keys.set(idempotencyKey, environment);
        if (reason && restores !== 'succeeded') {
          if (restores === 'waiting') {
            open = [{ promotion: environment, environment, release, kind: 'promote', state: 'waiting', steps: [] }];
            waiting.add(environment);
          }
          return { ...done(environment, release), environment, state: restores };
        }
        if (reason) tainted.delete(environment);
        live.set(environment, release);
        return done(environment, release);
      },
      async view(environment: string, seen: number | undefined, waitMs: number) {
        if (seen !== undefined) patience.push(waitMs);
        const reason = 'somebody has it';
        const ends = restores === 'failed' && tainted.has(environment) ? { state: 'failed', reason } : {};
        const again = retried.shift();
        if (again !== undefined) return { ...done(environment, fresh), state: 'running', environment, reason: again };
        const view = waiting.has(environment) ? { state: 'waiting', reason, waitsFor } : ends;
        return { ...done(environment, fresh), ...view, environment, revision: revisions.shift() ?? 1 };
      },
      records: {
        rollbackFloor: async () => null,
        acting: async (name: string) => {
          const taints = tainted.has(name) ? [{}] : [];
          return { freezes: [], holds: [], block: null, glass: [], taints, before: null };
        },
        environment: async (name: string) => ({ liveRelease: live.get(name) ?? null, previousRelease: null }),
        async list({ environment, unfinished }: { environment: string; unfinished?: boolean }) {
          const here = open.filter((one) => one.environment === environment);
          if (here.length > 0) return here;
          const left = busy.get(environment) ?? 0;
          if (!unfinished) return past;
          if (left === 0) return [];
          busy.set(environment, left - 1);
          if (left === 1) waiting.delete(environment);
          return [{ promotion: environment, state: 'running' }];
        },
        undeclared: async () => [],
        otherHomes: async () => [],
      },
    },
  } as unknown as World;
}

/** All that `up` says, and how it ends. */
async function bringUp(environments: string[] = []) {
  const said: string[] = [];
  for await (const line of up(world(), { promote: true, environments }, ownerActor('admin'))) {
    if ('text' in line) said.push(line.text);
    else if ('status' in line) return { said, stopped: line.stopped };
  }
  throw new Error(`it ended without a status: ${said.join('; ')}`);
}

describe('up', () => {
  it('brings a release through all, or as far as the last that is named', async () => {
    expect(await bringUp(['dev-localstack', 'dev-aws'])).toMatchObject({ stopped: null });
    expect(asked).toEqual(['dev-localstack', 'dev-aws']);
    expect(await bringUp()).toMatchObject({ stopped: null });
    expect(asked).toEqual(names);
  });

  it('says that whoever asks has said yes by that, where it is declared, and who else did', async () => {
    const reasons = ['ana@example.com asked for it, which is a yes here (self)'];
    gates = [
      { gate: 'soak', verdict: 'pass', reasons: ['0 s in dev-aws'] },
      { gate: 'approval', verdict: 'pass', reasons },
    ];
    const { said } = await bringUp(['dev-localstack']);
    expect(said.filter((line) => /approval|soak/.test(line))).toEqual([`dev-localstack: approval: ${reasons[0]}`]);
    gates = [{ gate: 'approval', verdict: 'wait', reasons: ['1 must say yes'] }];
    expect((await bringUp(['dev-aws'])).said.filter((line) => line.includes('approval'))).toEqual([]);
  });

  it('brings nothing on from an environment that is not well, and says what to do', async () => {
    ill.add('dev-aws');
    const why = 'dev-aws is degraded, so nothing is promoted into staging; soundbite doctor dev-aws says why';
    const { said, stopped } = await bringUp();
    expect(stopped).toBe(why);
    expect(said.at(-1)).toBe(why);
    expect(asked).toEqual(['dev-localstack', 'dev-aws']);
  });

  const digits = (release: Digest) => release.slice('sha256:'.length, 19);
  const promoted = (release: Digest, previous: Digest | null) => ({ kind: 'promote', release, previous });
  it.each([
    [
      'rolled back',
      [{ kind: 'rollback', release: old, previous: fresh }, promoted(fresh, old)],
      `was rolled back here and is not promoted again; soundbite promote dev-localstack --release ${digits(fresh)} does it`,
    ],
    [
      'replaced by another one',
      [promoted(old, fresh), promoted(fresh, null)],
      `was live here before ${digits(old)}, and up does not go back to it; soundbite promote dev-localstack --release ${digits(fresh)} does it`,
    ],
  ])('does not promote again what was %s, and names the command that does', async (_, history, why) => {
    past = history.map((one) => ({ ...one, state: 'succeeded' }));
    expect((await bringUp()).said).toContain(`dev-localstack: ${digits(fresh)} ${why}`);
    expect(asked).toEqual([]);
  });

  it('leaves a promotion that waits, says so, and ends well', async () => {
    waiting.add('dev-aws');
    const { said, stopped } = await bringUp();
    expect(said.at(-1)).toBe(
      'dev-aws: promotion dev-aws still waits: somebody has it; it continues by itself, and up does not wait for it',
    );
    expect([stopped, asked]).toEqual([null, ['dev-localstack', 'dev-aws']]);
  });

  it('leaves one that is known to wait for a person or another control plane at once, and waits for what is unknown', async () => {
    waiting.add('dev-aws');
    await bringUp();
    expect(patience).toEqual([12_000]);
    for (waitsFor of ['person', 'control-plane'] as const) {
      // What was said before `up` asked is waited for to be said anew.
      patience = [];
      live.set('dev-aws', old);
      expect((await bringUp()).said.at(-1)).toContain('still waits: somebody has it');
      expect(patience).toEqual([2_000]);
    }
    [revisions, patience] = [[1, 2], []];
    live.set('dev-aws', old);
    expect((await bringUp(['dev-aws'])).said.at(-1)).toContain('still waits: somebody has it');
    expect(patience).toEqual([2_000]);
  });

  it('follows one that waits behind another under way', async () => {
    waiting.add('dev-aws');
    busy.set('dev-aws', 4);
    expect(await bringUp()).toMatchObject({ stopped: null });
    expect(asked).toEqual(names);
  });

  it('does not reach what is named behind a promotion that waits', async () => {
    waiting.add('dev-aws');
    expect((await bringUp(['dev-aws'])).stopped).toContain('still waits: somebody has it');
  });

  it('promotes what is live in a changed environment there once more before it goes on, and into no real account', async () => {
    await bringUp(['dev-aws']);
    asked = [];
    tainted.add('dev-localstack');
    tainted.add('dev-aws');
    const { said } = await bringUp();
    expect(asked).toEqual(['dev-aws', 'staging', 'production']);
    expect(said).toContain('dev-aws: it was changed outside of promotions, so its release is promoted there once more');
    tainted.add('staging');
    real.add('staging');
    live.set('production', old);
    keys = new Map();
    asked = [];
    await bringUp();
    expect(asked).toEqual(['production']);
  });

  it('says once what a step that is tried again waits for, however its words change', async () => {
    retried = ['install is retried: 1 of it', 'install is retried: 2 of it'];
    const { said } = await bringUp(['dev-localstack']);
    expect(said.filter((line) => line.includes('retried'))).toEqual(['dev-localstack: install is retried: 1 of it']);
  });

  it('goes no further when what restores a changed environment waits or fails, and asks for it once', async () => {
    await bringUp(['dev-aws']);
    tainted.add('dev-aws');
    restores = 'failed';
    asked = [];
    const failed = await bringUp();
    expect(asked).toEqual(['dev-aws']);
    expect(failed.said.at(-1)).toBe('dev-aws: failed: somebody has it');
    expect(failed.stopped).toBeNull();
    [restores, waitsFor] = ['waiting', 'person'];
    keys = new Map();
    asked = [];
    expect((await bringUp(['staging'])).stopped).toContain('dev-aws: promotion dev-aws still waits: somebody has it');
    await bringUp();
    expect(asked).toEqual(['dev-aws']);
  });

  it('restores a changed environment once, though two ask at the same moment', async () => {
    await bringUp(['dev-aws']);
    tainted.add('dev-aws');
    asked = [];
    await Promise.all([bringUp(['staging']), bringUp(['staging'])]);
    expect(asked).toEqual(['dev-aws', 'staging']);
  });

  it('refuses a real account that is named, before anything is done', async () => {
    real.add('staging');
    await expect(bringUp(['staging'])).rejects.toMatchObject({
      code: 'environment-real',
      source: 'user',
      message: 'staging is a real account, and up promotes into emulated ones only',
      hint: 'soundbite up, then soundbite promote staging',
    });
    expect(asked).toEqual([]);
  });

  it('ends well before a real account, and promotes into nothing behind it', async () => {
    real.add('staging');
    const { said, stopped } = await bringUp();
    expect(stopped).toBeNull();
    expect(said.at(-1)).toBe(
      'staging is a real account, into which up promotes nothing; continue with: soundbite promote staging',
    );
    expect(asked).toEqual(['dev-localstack', 'dev-aws']);
  });

  it('does not reach what is named behind a real account, and says so', async () => {
    real.add('staging');
    expect((await bringUp(['production'])).stopped).toContain('soundbite promote staging');
    expect(asked).toEqual(['dev-localstack', 'dev-aws']);
  });

  it('goes on behind a real account that has the release already', async () => {
    real.add('staging');
    live.set('staging', fresh);
    expect(await bringUp(['production'])).toMatchObject({ stopped: null });
    expect(asked).toEqual(['dev-localstack', 'dev-aws', 'production']);
  });
});
