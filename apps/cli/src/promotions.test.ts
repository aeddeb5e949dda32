import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { a, b, json, setChain, timeless } from './testing/chain.ts';
import type { CliResult, CliStage } from './testing/stage.ts';

let stage: CliStage;
beforeEach(async () => {
  stage = await setChain();
});
afterEach(() => stage.close());

describe('promote', () => {
  it('shows each step as it goes, in plain lines without a terminal', async () => {
    const running = stage.start('promote', 'production');
    await running.saw('verify running');
    stage.fake.world.advance('p-1');
    await running.saw('plan running');
    stage.fake.world.end('p-1', 'succeeded');
    const { exit, stdout, stderr } = await running.end;
    expect(exit).toBe(0);
    expect(stderr).toBe('');
    expect(timeless(stdout).split('\n')).toEqual([
      'production ← aaaaaaaaaaaa (was bbbbbbbbbbbb)  p-1',
      'production  verify running',
      'production  verify succeeded N s',
      'production  plan running',
      'production  plan succeeded N s',
      'production  infrastructure succeeded N s',
      'production  publish succeeded N s',
      'production  smoke succeeded N s',
      'production  shift succeeded N s',
      'production  watch succeeded N s',
      'production  finalise succeeded N s',
      'production ← aaaaaaaaaaaa (was bbbbbbbbbbbb) succeeded in N s',
      '',
    ]);
  });

  it('prints the contract with --json, and its progress on standard error', async () => {
    const running = stage.start('promote', 'production', '--json');
    await running.saw('verify running');
    stage.fake.world.end('p-1', 'succeeded');
    const outcome = await running.end;
    expect(json(outcome)).toEqual({
      promotion: 'p-1',
      environment: 'production',
      release: a,
      previous: b,
      state: 'succeeded',
      reason: null,
      gates: [
        expect.objectContaining({ gate: 'smoke', moment: 'version', verdict: 'pass' }),
        expect.objectContaining({ gate: 'watch', moment: 'traffic', verdict: 'pass' }),
      ],
      steps: ['verify', 'plan', 'infrastructure', 'publish', 'smoke', 'shift', 'watch', 'finalise'].map((name) => ({
        name,
        state: 'succeeded',
        seconds: 0.1,
      })),
    });
    expect(outcome.stderr).toContain('production  verify running\n');
  });

  it.each([
    ['failed', 1],
    ['errored', 3],
    ['aborted', 4],
  ] as const)('that %s exits with %i and says why', async (state, exit) => {
    const running = stage.start('promote', 'production');
    await running.saw('verify running');
    stage.fake.world.end('p-1', state, 'smoke: silence');
    const outcome = await running.end;
    expect(outcome.exit).toBe(exit);
    expect(timeless(outcome.stdout)).toContain(
      `production ← aaaaaaaaaaaa (was bbbbbbbbbbbb) ${state} in N s: smoke: silence\n`,
    );
  });

  it('is refused by the rules with exit 1', async () => {
    const outcome = await stage.run('promote', 'staging', '--release', 'bbbb');
    expect(outcome).toMatchObject({ exit: 1, stderr: '' });
    expect(timeless(outcome.stdout)).toContain(
      `staging ← bbbbbbbbbbbb (was aaaaaaaaaaaa) failed in N s: ${b.slice(0, 19)} is not live in dev-aws-deployed ` +
        `(${a.slice(0, 19)} is); soundbite promote dev-aws-deployed --release ${b}, or --override --reason "why"\n`,
    );
    expect(stage.fake.world.promotion('p-1').steps).toEqual([]);
  });

  it('passes on everything that was asked for', async () => {
    const outcome = await stage.run(
      ...['promote', 'production', '--release', 'bbbb', '--override', '--reason', 'outage', '--no-wait', '--json'],
      ...['--allow-removal', 'Queue', '--allow-removal', 'Table/index'],
    );
    expect(outcome).toMatchObject({ exit: 0 });
    expect(json(outcome)).toMatchObject({ promotion: 'p-1', release: b, state: 'waiting' });
    expect(stage.fake.world.ledger[0]?.payload).toMatchObject({
      environment: 'production',
      kind: 'promote',
      release: b,
      override: true,
      reason: 'outage',
      allowRemovals: ['Queue', 'Table/index'],
    });
  });

  it('goes on after Ctrl-C, which says how to attach again; attaching shows the rest', async () => {
    const running = stage.start('promote', 'production');
    await running.saw('verify running');
    running.interrupt();
    expect(await running.end).toMatchObject({
      exit: 130,
      stderr:
        '\nDetached; the promotion continues.\n  attach again: soundbite promote --attach p-1\n  stop it:      soundbite abort p-1\n',
    });
    expect(stage.fake.world.promotion('p-1').state).toBe('running');
    const attached = stage.start('promote', '--attach', 'p-1');
    await attached.saw('verify running');
    stage.fake.world.end('p-1', 'succeeded');
    expect(await attached.end).toMatchObject({ exit: 0 });
  });

  it('survives a restart of the control plane', async () => {
    const running = stage.start('promote', 'production');
    await running.saw('verify running');
    await stage.fake.stop();
    await running.saw('the control plane went away');
    await stage.fake.start();
    await stage.announce();
    stage.fake.world.end('p-1', 'succeeded');
    expect(await running.end).toMatchObject({ exit: 0 });
  });

  it('leaves with --wait-at-most what waits still after that time, and follows what is let in before', async () => {
    const { session } = stage.fake.world.startDev('dev-aws');
    const left = await stage.run('promote', 'dev-aws', '--wait-at-most', '0s', '--json');
    expect({ exit: left.exit, ...json(left) }).toMatchObject({ exit: 0, state: 'waiting', waitingFor: [] });
    stage.fake.world.dev.end(session);
    const going = stage.start('promote', 'staging', '--wait-at-most', '60s');
    await going.saw('verify running');
    stage.fake.world.end('p-2', 'succeeded');
    expect(await going.end).toMatchObject({ exit: 0 });
    const wrong = await stage.run('promote', 'dev-aws', '--wait-at-most', 'soon');
    expect(wrong.exit).toBe(2);
    expect(wrong.stderr).toContain('--wait-at-most soon is no time');
  });

  it('waits for its turn, and says who has the environment', async () => {
    const { session } = stage.fake.world.startDev('dev-aws');
    const waiting = stage.start('promote', 'dev-aws');
    await waiting.saw(`dev-aws  waiting: dev session ${session} holds dev-aws`);
    stage.fake.world.dev.end(session);
    await waiting.saw('verify running');
    stage.fake.world.end('p-1', 'succeeded');
    expect(await waiting.end).toMatchObject({ exit: 0 });
  });
});

describe('promote --through', () => {
  const environmentsOf = (outcome: CliResult) =>
    json(outcome).promotions.map((one: { environment: string; state: string }) => `${one.environment} ${one.state}`);

  it('brings the release of the first environment all the way', async () => {
    stage.fake.world.promotions.auto = true;
    stage.fake.world.cut();
    stage.fake.world.end(
      stage.fake.world.promote({
        environment: 'dev-localstack',
        kind: 'promote',
        release: `sha256:${'e'.repeat(64)}`,
        override: false,
        allowRemovals: [],
        actor: 'local',
      }).promotion,
      'succeeded',
    );
    const outcome = await stage.run('promote', '--through', 'production', '--json');
    expect(outcome.exit).toBe(0);
    expect(
      json(outcome).promotions.map(
        (one: { environment: string; release: string; state: string }) =>
          `${one.environment} ${one.release.slice(7, 11)} ${one.state}`,
      ),
    ).toEqual([
      'dev-aws eeee succeeded',
      'dev-aws-deployed eeee succeeded',
      'staging eeee succeeded',
      'production eeee succeeded',
    ]);
  });

  it('is one request: the control plane goes on by itself', async () => {
    stage.fake.world.promotions.auto = true;
    await stage.run('promote', '--through', 'production');
    expect(stage.fake.requests.filter((request) => request.startsWith('POST'))).toEqual(['POST /v1/promotions']);
    expect(stage.fake.world.ledger[0]?.payload).toMatchObject({ environment: 'dev-aws', through: 'production' });
  });

  it('begins with the first environment when a release is named', async () => {
    stage.fake.world.promotions.auto = true;
    const outcome = await stage.run('promote', '--through', 'dev-aws', '--release', 'aaaa', '--json');
    expect(environmentsOf(outcome)).toEqual(['dev-localstack succeeded', 'dev-aws succeeded']);
  });

  it('stops where the release is not taken', async () => {
    const running = stage.start('promote', 'staging', '--through', 'production', '--json');
    await running.saw('verify running');
    stage.fake.world.end('p-1', 'failed', 'smoke: silence');
    const outcome = await running.end;
    expect(outcome.exit).toBe(1);
    expect(environmentsOf(outcome)).toEqual(['staging failed']);
    expect(json(outcome).promotions[0].reason).toBe('smoke: silence; not begun: production');
    expect(stage.fake.world.all()).toHaveLength(1);
  });

  it('returns at once with --no-wait, with the first of them', async () => {
    const outcome = await stage.run('promote', '--through', 'staging', '--no-wait', '--json');
    expect(outcome.exit).toBe(0);
    expect(environmentsOf(outcome)).toEqual(['dev-aws waiting']);
    const text = await stage.run('promote', 'staging', '--through', 'production', '--no-wait');
    expect(text.stdout).toBe(
      'staging ← aaaaaaaaaaaa (was aaaaaaaaaaaa) waiting, then production; watch it: soundbite promote --attach p-2\n',
    );
  });

  it('goes on after Ctrl-C; attaching to any of them shows the rest', async () => {
    const running = stage.start('promote', 'dev-aws-deployed', '--through', 'production');
    await running.saw('verify running');
    stage.fake.world.end('p-1', 'succeeded');
    await running.saw('staging  verify running');
    running.interrupt();
    expect(await running.end).toMatchObject({
      exit: 130,
      stderr:
        '\nDetached; the promotion continues, then production.\n  attach again: soundbite promote --attach p-2\n  stop it:      soundbite abort p-2\n',
    });
    const [first, second] = [
      stage.start('promote', '--attach', 'p-1', '--json'),
      stage.start('promote', '--attach', 'p-2'),
    ];
    await first.saw('staging  verify running');
    await second.saw('staging  verify running');
    stage.fake.world.end('p-2', 'succeeded');
    await first.saw('production  verify running');
    await second.saw('production  verify running');
    stage.fake.world.end('p-3', 'succeeded');
    const outcome = await first.end;
    expect(outcome.exit).toBe(0);
    expect(environmentsOf(outcome)).toEqual([
      'dev-aws-deployed succeeded',
      'staging succeeded',
      'production succeeded',
    ]);
    expect(await second.end).toMatchObject({ exit: 0 });
  });

  it('survives a restart of the control plane between two of them', async () => {
    const running = stage.start('promote', 'staging', '--through', 'production', '--json');
    await running.saw('verify running');
    await stage.fake.stop();
    await running.saw('the control plane went away');
    stage.fake.world.end('p-1', 'succeeded');
    await stage.fake.start();
    await stage.announce();
    await running.saw('production  verify running');
    stage.fake.world.end('p-2', 'succeeded');
    expect(environmentsOf(await running.end)).toEqual(['staging succeeded', 'production succeeded']);
  });

  it('ends with 4 when a person stopped it, also where that was too late for the one under way', async () => {
    const running = stage.start('promote', 'staging', '--through', 'production');
    await running.saw('verify running');
    const aborted = await stage.run('abort', 'staging', '--reason', 'enough');
    expect(timeless(aborted.stdout)).toBe(
      'staging ← aaaaaaaaaaaa (was aaaaaaaaaaaa) aborted in N s: enough; not begun: production\n',
    );
    expect(await running.end).toMatchObject({ exit: 4 });
    const late = stage.start('promote', 'staging', '--through', 'production');
    await late.saw('verify running');
    stage.fake.world.end('p-2', 'succeeded', 'stopped when it was done (enough)');
    expect(await late.end).toMatchObject({ exit: 4 });
  });
});

describe('rollback', () => {
  it('brings back a release that was named', async () => {
    stage.fake.world.promotions.auto = true;
    await stage.run('promote', 'production');
    const outcome = await stage.run('rollback', 'production', '--to', 'bbbb', '--reason', 'too loud', '--json');
    expect(outcome.exit).toBe(0);
    expect(json(outcome)).toMatchObject({ environment: 'production', release: b, previous: a, state: 'succeeded' });
    const asked = stage.fake.world.ledger.find(({ subject }) => subject === 'p-2');
    expect(asked?.payload).toMatchObject({ kind: 'rollback', reason: 'too loud' });
  });

  it('to a release that was never live there is refused with exit 1', async () => {
    const outcome = await stage.run('rollback', 'staging', '--to', 'bbbb');
    expect(outcome.exit).toBe(1);
    expect(outcome.stdout).toContain('bbbbbbbbbbbb was never live in staging; soundbite history shows what was');
  });

  it('without a release to go back to is refused with exit 1', async () => {
    expect(await stage.run('rollback', 'staging')).toMatchObject({ exit: 1 });
  });
});

describe('deploy', () => {
  it('cuts from the working tree and promotes into the first environment', async () => {
    stage.fake.world.promotions.auto = true;
    const outcome = await stage.run('deploy', '--json');
    expect(outcome.exit).toBe(0);
    expect(json(outcome)).toMatchObject({
      environment: 'dev-localstack',
      release: `sha256:${'e'.repeat(64)}`,
      state: 'succeeded',
    });
    expect(outcome.stderr).toContain('cutting a release from the working tree\n');
  });
});

describe('deploy <environment>', () => {
  it('cuts, and promotes through to it by one request', async () => {
    stage.fake.world.promotions.auto = true;
    const outcome = await stage.run('deploy', 'dev-aws-deployed', '--json');
    expect(outcome.exit).toBe(0);
    expect(json(outcome).promotions.map((one: { environment: string }) => one.environment)).toEqual([
      'dev-localstack',
      'dev-aws',
      'dev-aws-deployed',
    ]);
    expect(stage.fake.requests.filter((one) => one.startsWith('POST'))).toEqual([
      'POST /v1/releases',
      'POST /v1/promotions',
    ]);
    const first = await stage.run('deploy', 'dev-localstack', '--json');
    expect(json(first).promotions).toHaveLength(1);
  });

  it('cuts nothing for a name that is none', async () => {
    expect(await stage.run('deploy', 'moon')).toMatchObject({ exit: 2 });
    expect(stage.fake.requests).toEqual([]);
  });
});

describe('abort', () => {
  it('stops the promotion of an environment', async () => {
    await stage.run('promote', 'production', '--no-wait');
    const outcome = await stage.run('abort', 'production', '--reason', 'wrong one');
    expect(outcome.exit).toBe(0);
    expect(timeless(outcome.stdout)).toBe('production ← aaaaaaaaaaaa (was bbbbbbbbbbbb) aborted in N s: wrong one\n');
  });

  it('comes too late for a finished one, and finds none where none runs: exit 1', async () => {
    stage.fake.world.promotions.auto = true;
    await stage.run('promote', 'production');
    expect(await stage.run('abort', 'p-1')).toMatchObject({
      exit: 1,
      stderr: 'error: promotion p-1 has already succeeded\n    → soundbite history\n',
    });
    expect(await stage.run('abort', 'production')).toMatchObject({
      exit: 1,
      stderr: 'error: no promotion is running in production\n    → soundbite history\n',
    });
  });
});
