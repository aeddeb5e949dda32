import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { a, b, json, setChain, timeless } from './testing/chain.ts';
import type { Stage } from './testing/stage.ts';

let stage: Stage;
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
    const outcome = await stage.run('promote', 'production', '--release', 'bbbb');
    expect(outcome).toEqual({
      exit: 1,
      stdout: '',
      stderr: `error: ${b.slice(0, 19)} is not live in staging\n    → soundbite promote staging\n`,
    });
  });

  it('passes on everything that was asked for', async () => {
    const outcome = await stage.run(
      ...['promote', 'production', '--release', 'bbbb', '--override', '--reason', 'outage', '--no-wait', '--json'],
      ...['--allow-removal', 'Queue', '--allow-removal', 'Table/index'],
    );
    expect(outcome).toMatchObject({ exit: 0 });
    expect(json(outcome)).toMatchObject({ promotion: 'p-1', release: b, state: 'running' });
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
        '\nDetached; the promotion goes on.\n  attach again: soundbite promote --attach p-1\n  stop it:      soundbite abort p-1\n',
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

  it('waits for its turn, and says so', async () => {
    await stage.run('promote', 'production', '--no-wait');
    const waiting = stage.start('promote', 'production');
    await waiting.saw('production  waiting: p-1 holds production');
    stage.fake.world.end('p-1', 'succeeded');
    stage.fake.world.end('p-2', 'succeeded');
    expect(await waiting.end).toMatchObject({ exit: 0 });
  });
});

describe('promote --through', () => {
  it('brings the release of the first environment all the way', async () => {
    stage.fake.world.auto = true;
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

  it('stops where the release is not taken', async () => {
    const running = stage.start('promote', 'staging', '--through', 'production', '--json');
    await running.saw('verify running');
    stage.fake.world.end('p-1', 'failed', 'smoke: silence');
    const outcome = await running.end;
    expect(outcome.exit).toBe(1);
    expect(json(outcome).promotions).toHaveLength(1);
    expect(stage.fake.world.all()).toHaveLength(1);
  });
});

describe('rollback', () => {
  it('brings back a release that was named', async () => {
    stage.fake.world.auto = true;
    const outcome = await stage.run('rollback', 'staging', '--to', 'bbbb', '--reason', 'too loud', '--json');
    expect(outcome.exit).toBe(0);
    expect(json(outcome)).toMatchObject({ environment: 'staging', release: b, previous: a, state: 'succeeded' });
    expect(stage.fake.world.ledger[0]?.payload).toMatchObject({ kind: 'rollback', reason: 'too loud' });
  });

  it('without a release to go back to is refused with exit 1', async () => {
    expect(await stage.run('rollback', 'staging')).toMatchObject({ exit: 1 });
  });
});

describe('deploy', () => {
  it('cuts from the working tree and promotes into the first environment', async () => {
    stage.fake.world.auto = true;
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

describe('abort', () => {
  it('stops the promotion of an environment', async () => {
    await stage.run('promote', 'production', '--no-wait');
    const outcome = await stage.run('abort', 'production', '--reason', 'wrong one');
    expect(outcome.exit).toBe(0);
    expect(timeless(outcome.stdout)).toBe('production ← aaaaaaaaaaaa (was bbbbbbbbbbbb) aborted in N s: wrong one\n');
  });

  it('comes too late for a finished one, and finds none where none runs: exit 1', async () => {
    stage.fake.world.auto = true;
    await stage.run('promote', 'production');
    const late = await stage.run('abort', 'p-1');
    expect(late).toMatchObject({ exit: 1, stderr: '' });
    expect(late.stdout).toMatch(/^too late: production ← .* succeeded/);
    expect(await stage.run('abort', 'production')).toMatchObject({
      exit: 1,
      stderr: 'error: no promotion runs in production\n    → soundbite history\n',
    });
  });
});
