import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest, EdgeRoute, Environment, ProcessSpec } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { devSessions } from './dev.ts';
import { sourceRelease } from './dev-service.ts';
import type { World } from './world/world.ts';

const live: Digest = `sha256:${'a'.repeat(64)}`;
const name = 'dev-localstack';
const processes = [`dev-${name}-api`, `dev-${name}-worker`];

/** A repository whose service has processes of these names; the last one takes requests. */
function repositoryIn(home: string, names: readonly string[] = ['api', 'worker']): string {
  const root = join(home, 'repository');
  const components = names.map(
    (one, index) => `{ name: ${one}, takes: [${index > 0 ? 'events' : 'requests'}], health: /alive }`,
  );
  mkdirSync(join(root, 'src'), { recursive: true });
  writeFileSync(join(root, 'src/bundle.json'), '{"entry":"begin.ts","assets":[]}');
  writeFileSync(
    join(root, 'service.yaml'),
    `version: 1\nname: one\ninputs: [src]\napp: [node, app.ts]\ncomponents: [{ name: api, function: Api }]\nprocess: { directory: src, components: [${components.join(', ')}] }\n`,
  );
  return root;
}

/** What a control plane acts on; it outlives the control planes of a test. All that happens to it is in `calls`, in order. */
function fakeMachine() {
  const home = mkdtempSync(join(tmpdir(), 'soundbite-dev-'));
  const root = repositoryIn(home);
  const running = new Set<string>();
  const calls: string[] = [];
  const specs: ProcessSpec[] = [];
  const state = {
    holder: null as string | null,
    live: live as Digest | null,
    promoting: false,
    unrecorded: false,
    startMs: 0,
    route: null as EdgeRoute | null,
    brokenEnds: 0,
  };
  const environment = {
    name,
    runtime: 'process',
    port: 8101,
    settings: {},
    cloud: { kind: 'emulated' },
  } as unknown as Environment;
  const functions = { ...environment, name: 'staging', runtime: 'aws' };
  const routeToLive = () => {
    if (state.live)
      state.route = {
        environment: name,
        port: 8101,
        generation: 2,
        upstreams: [{ kind: 'http', release: state.live, share: 1, url: 'http://live' }],
      };
  };
  const world = (): World =>
    ({
      config: { home, root, node: 'node', devSilenceSeconds: 16 },
      declaration: () => ({ environments: [environment, functions] }),
      supervisor: {
        async ensure(spec: ProcessSpec) {
          running.add(spec.name);
          specs.push(spec);
          if (state.startMs > 0) await new Promise((resolve) => setTimeout(resolve, state.startMs));
          return { name: spec.name, port: 8290 };
        },
        async stop(stopped: string) {
          if (running.delete(stopped)) calls.push(`stop ${stopped}`);
        },
        list: async () => [...running].map((one) => ({ name: one, state: 'healthy', restarts: 0 })),
      },
      clouds: {
        of: async () => ({
          access: async () => ({ kind: 'emulated', account: '1', region: 'r', endpoint: 'http://e' }),
        }),
      },
      infrastructure: { state: async () => ({ outputs: {} }) },
      credentials: { env: async () => ({}) },
      edge: {
        routes: async () => (state.route ? [state.route] : []),
        async setRoute(route: EdgeRoute) {
          state.route = route;
          calls.push(
            `route ${route.upstreams.map(({ release }) => (release === sourceRelease ? 'source' : release)).join()}`,
          );
          return { url: 'http://dev' };
        },
      },
      runtime: (kind: string) => ({
        ...(kind === 'process' ? { pauseWorkers: async () => void calls.push('pause workers') } : {}),
      }),
      engine: {
        installation: 'here',
        records: {
          generation: async () => 1,
          async tainted({ why, findings }: { why: string; findings: readonly string[] }) {
            if (state.unrecorded) throw new Error('the database is away');
            calls.push(`taint ${why} ${findings}`.replace(/session .+/, 'session'));
          },
          async list() {
            calls.push('look for promotions');
            return state.promoting ? [{ promotion: 'p' }] : [];
          },
        },
        locks: {
          holder: async () => state.holder,
          async hold(_: string, holder: string) {
            if (state.holder !== holder) calls.push('hold');
            if (state.holder !== null && state.holder !== holder) return false;
            state.holder = holder;
            return true;
          },
          async release(_: string, holder: string) {
            if (state.holder !== holder) return;
            state.holder = null;
            calls.push('release');
          },
        },
        async reconcileUnderLock() {
          if (state.brokenEnds-- > 0) throw new Error('the machine is ill');
          calls.push('reconcile');
          routeToLive();
          return 'as recorded';
        },
        async reconcile() {
          calls.push('reconcile in the queue');
          return 'as recorded';
        },
      },
      log: { info() {}, warn() {}, error() {} },
    }) as unknown as World;
  routeToLive();
  return { home, root, running, calls, specs, state, world };
}

let machine: ReturnType<typeof fakeMachine>;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearInterval', 'clearTimeout'] });
  machine = fakeMachine();
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(machine.home, { recursive: true });
});
/** Lets time pass in steps in which files can be read and written. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1000) {
    await vi.advanceTimersByTimeAsync(Math.min(left, 1000));
    await new Promise((resolve) => setImmediate(resolve));
  }
}
const settled = () => vi.waitFor(() => expect(machine.running.size).toBe(0), { timeout: 5000, interval: 5 });
const givenBack = ['reconcile', ...processes.map((one) => `stop ${one}`), 'release'];

describe('a dev session', () => {
  it('takes the lock, then looks for promotions, then serves, and takes the queue from the live release', async () => {
    const dev = devSessions(machine.world());
    expect(await dev.begin(name)).toMatchObject({ environment: name, url: 'http://dev' });
    expect(machine.calls).toEqual([
      'hold',
      'look for promotions',
      'taint dev dev session',
      'route source',
      'pause workers',
    ]);
    expect([...machine.running]).toEqual(processes);
  });

  it('serves what service.yaml declares: processes of any names, begun as the bundle begins', async () => {
    repositoryIn(machine.home, ['web', 'order-mails', 'bills']);
    const dev = devSessions(machine.world());
    const { session, watched } = await dev.begin(name);
    expect(watched).toBe('src');
    const told = machine.specs.map(({ name: of, args, health }) => [of, args.slice(-2), health?.url]);
    const entry = join(machine.root, 'src/begin.ts');
    const url = 'http://127.0.0.1:{port}/alive';
    expect(told).toEqual([
      [`dev-${name}-web`, [entry, 'web'], url],
      [`dev-${name}-order_mails`, [entry, 'order-mails'], url],
      [`dev-${name}-bills`, [entry, 'bills'], url],
    ]);
    // Ended are those that run, whatever is declared by then.
    repositoryIn(machine.home, ['web']);
    await dev.end(session);
    expect(machine.running.size).toBe(0);
  });

  it('is refused with the lines of a service.yaml that cannot be read, and leaves no lock', async () => {
    writeFileSync(join(machine.root, 'service.yaml'), 'version: 2\n');
    await expect(devSessions(machine.world()).begin(name)).rejects.toMatchObject({
      code: 'declaration-invalid',
      message: expect.stringContaining('service.yaml:1 version: must be 1, not 2'),
    });
    expect(machine.state.holder).toBeNull();
  });

  it('serves nothing where nobody can write down that it does', async () => {
    machine.state.unrecorded = true;
    await expect(devSessions(machine.world()).begin(name)).rejects.toThrow('the database is away');
    expect(machine.calls).toEqual(['hold', 'look for promotions', 'reconcile', 'release']);
  });

  it('gives the route back before its processes end, and the lock last', async () => {
    const dev = devSessions(machine.world());
    const { session } = await dev.begin(name);
    machine.calls.length = 0;
    await Promise.all([dev.end(session), dev.end(session)]);
    await dev.end(session);
    expect(machine.calls).toEqual(givenBack);
    await expect(dev.beat(session, [])).rejects.toMatchObject({ code: 'session-unknown' });
  });

  it('does not count its own slow start as silence', async () => {
    machine.state.startMs = 40_000;
    const dev = devSessions(machine.world());
    const begun = dev.begin(name);
    await vi.waitFor(() => expect(machine.running.size).toBe(2), { interval: 1 });
    await pass(40_000);
    const { session } = await begun;
    await pass(10_000);
    expect(await dev.beat(session, [])).toMatchObject({ session });
    expect(machine.running.size).toBe(2);
  });

  it('goes on as long as it is heard of, and ends when it is silent', async () => {
    const dev = devSessions(machine.world());
    const { session } = await dev.begin(name);
    for (let beats = 0; beats < 10; beats += 1) {
      await pass(10_000);
      await dev.beat(session, []);
    }
    machine.calls.length = 0;
    await pass(20_000);
    await settled();
    await vi.waitFor(() => expect(machine.calls).toEqual(givenBack), { interval: 5 });
  });

  it('tries again when it could not be given back', async () => {
    const dev = devSessions(machine.world());
    const { session } = await dev.begin(name);
    machine.state.brokenEnds = 1;
    await expect(dev.end(session)).rejects.toThrow('the machine is ill');
    expect(machine.state.holder).not.toBeNull();
    machine.calls.length = 0;
    await dev.end(session);
    expect(machine.calls).toEqual(givenBack);
  });

  it('that lost its lock stops its processes and touches no route', async () => {
    const dev = devSessions(machine.world());
    await dev.begin(name);
    machine.state.holder = 'somebody else';
    machine.calls.length = 0;
    await pass(2000);
    await settled();
    await vi.waitFor(() => expect(machine.calls).toContain('reconcile in the queue'), { interval: 5 });
    expect(machine.calls).not.toContain('reconcile');
    expect(machine.calls.filter((call) => call.startsWith('route'))).toEqual([]);
    expect(machine.state.holder).toBe('somebody else');
  });

  it('of an environment without a release leaves an empty route, not one to what has ended', async () => {
    machine.state.live = null;
    const dev = devSessions(machine.world());
    await dev.end((await dev.begin(name)).session);
    expect(machine.state.route?.upstreams).toEqual([]);
  });

  it('is refused while a promotion has the environment, and leaves no lock', async () => {
    machine.state.promoting = true;
    const dev = devSessions(machine.world());
    await expect(dev.begin(name)).rejects.toMatchObject({
      code: 'environment-busy',
      hint: expect.stringContaining('abort p'),
    });
    expect(machine.state.holder).toBeNull();
    expect(machine.calls).toEqual(['hold', 'look for promotions', 'release']);
  });

  it.each([
    ['staging', 'dev-needs-processes'],
    ['moon', 'environment-unknown'],
  ])('of %s is refused', async (other, code) => {
    await expect(devSessions(machine.world()).begin(other)).rejects.toMatchObject({ code });
  });
});

describe('a control plane that starts anew', () => {
  it('goes on with the session of its predecessor', async () => {
    const { session } = await devSessions(machine.world()).begin(name);
    vi.clearAllTimers();
    const dev = devSessions(machine.world());
    expect(await dev.beat(session, [])).toMatchObject({ session, problem: null });
    await pass(10_000);
    machine.calls.length = 0;
    await dev.end(session);
    expect(machine.calls).toEqual(givenBack);
  });

  it('ends the session when nobody is heard of, so that nothing goes on eating the queue', async () => {
    await devSessions(machine.world()).begin(name);
    vi.clearAllTimers();
    machine.calls.length = 0;
    devSessions(machine.world());
    await vi.waitFor(async () => {
      await pass(2000);
      // It serves still: one of a version that recorded none is tainted now.
      expect(machine.calls).toEqual(['taint dev dev session', ...givenBack]);
    });
  });

  it('brings the release back at once when the processes are gone', async () => {
    await devSessions(machine.world()).begin(name);
    vi.clearAllTimers();
    machine.running.clear();
    machine.calls.length = 0;
    devSessions(machine.world());
    await vi.waitFor(() => expect(machine.calls).toEqual(['reconcile', 'release']), { interval: 5 });
  });

  it('leaves the environment to whoever took it meanwhile', async () => {
    await devSessions(machine.world()).begin(name);
    vi.clearAllTimers();
    machine.state.holder = 'somebody else';
    machine.calls.length = 0;
    devSessions(machine.world());
    await settled();
    expect(machine.calls).not.toContain('reconcile');
  });
});
