import { makeWorld } from '@soundbite/client/testing/fake-world.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { a, json, setChain } from './testing/chain.ts';
import { type CliStage, setStage } from './testing/stage.ts';

let stage: CliStage;
beforeEach(async () => {
  stage = await setChain();
});
afterEach(() => stage.close());

describe('status', () => {
  it('is a table for people', async () => {
    const { stdout, exit } = await stage.run('status');
    expect(exit).toBe(0);
    expect(stdout.split('\n').slice(0, 6)).toEqual([
      'environment       state    release       runtime  cloud                            url',
      'dev-localstack    healthy  aaaaaaaaaaaa  process  emulated 000000000001 us-east-1  http://127.0.0.1:8101',
      'dev-aws           healthy  aaaaaaaaaaaa  process  emulated 000000000001 us-east-1  http://127.0.0.1:8102',
      'dev-aws-deployed  healthy  aaaaaaaaaaaa  aws      emulated 000000000002 us-east-1  http://127.0.0.1:8103',
      'staging           healthy  aaaaaaaaaaaa  aws      emulated 000000000003 us-east-1  http://127.0.0.1:8104',
      'production        healthy  bbbbbbbbbbbb  aws      emulated 000000000004 us-east-1  http://127.0.0.1:8105',
    ]);
  });

  it('says what is still to come after a promotion', async () => {
    await stage.run('promote', 'dev-aws', '--through', 'staging', '--no-wait');
    const { stdout } = await stage.run('status');
    expect(stdout).toMatch(/^dev-aws .* aaaaaaaaaaaa verify {2}p-1, then dev-aws-deployed, staging$/m);
    const outcome = await stage.run('status', '--json');
    expect(json(outcome)).toEqual(stage.fake.world.status());
  });

  it('is the contract with --json', async () => {
    const outcome = await stage.run('status', '--json');
    expect(outcome.stderr).toBe('');
    expect(json(outcome)).toEqual(stage.fake.world.status());
  });
});

describe('status of some', () => {
  it('shows those named, in declared order and each once', async () => {
    const outcome = await stage.run('status', 'production', 'staging', 'production', '--json');
    expect(json(outcome).environments.map(({ name }: { name: string }) => name)).toEqual(['staging', 'production']);
    expect((await stage.run('status', 'staging')).stdout).not.toContain('dev-aws');
    expect(json(await stage.run('health', 'production', 'staging', '--json')).environments).toHaveLength(2);
  });

  it.each([
    'status',
    'health',
    'up',
    'deploy',
    'history',
    'validate',
    'logs',
    'plan',
    'dev',
    'doctor',
    'env show',
    'open',
  ])('%s refuses an unknown name with exit 2 and what was probably meant', async (command) => {
    expect(await stage.run(...command.split(' '), 'stagng')).toMatchObject({
      exit: 2,
      stdout: '',
      stderr: expect.stringContaining('did you mean staging?'),
    });
  });

  it.each([['validate'], ['plan'], ['env show'], ['logs']])(
    '%s --json is one document of one, and {environments} of several, in declared order, or of all',
    async (command) => {
      const words = command.split(' ');
      const nameOf = (one: { environment?: string; name?: string }) => one.environment ?? one.name;
      const alone = json(await stage.run(...words, 'production', '--json'));
      expect(nameOf(alone)).toBe('production');
      expect(json(await stage.run(...words, 'production', 'production', '--json'))).toEqual(alone);
      const two = json(await stage.run(...words, 'production', 'staging', '--json')).environments;
      expect(two.map(nameOf)).toEqual(['staging', 'production']);
      expect(two[1]).toEqual(alone);
      expect(json(await stage.run(...words, '--json')).environments.map(nameOf)).toEqual(stage.fake.world.names);
    },
  );

  it('refuses a ledger of one environment, since there is one for all', async () => {
    expect(await stage.run('history', 'staging', '--ledger')).toMatchObject({ exit: 2 });
  });
});

describe('status --watch', () => {
  const promote = () =>
    stage.fake.world.promote({
      environment: 'staging',
      kind: 'promote',
      release: a,
      override: false,
      allowRemovals: [],
      actor: 'local',
    });

  it('prints the lines that changed, and goes on over a restart until Ctrl-C', async () => {
    const running = stage.start('status', '--watch', 'staging', 'production');
    await running.saw('production  healthy');
    const { promotion } = promote();
    await running.saw('staging  healthy  aaaaaaaaaaaa  ← aaaaaaaaaaaa verify');
    await stage.fake.stop();
    await running.saw('the control plane went away');
    stage.fake.world.end(promotion, 'succeeded');
    await stage.fake.start();
    await stage.announce();
    running.interrupt();
    const { exit, stdout } = await running.end;
    expect(exit).toBe(0);
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      'staging  healthy  aaaaaaaaaaaa',
      'production  healthy  bbbbbbbbbbbb',
      `staging  healthy  aaaaaaaaaaaa  ← aaaaaaaaaaaa verify  ${promotion}`,
    ]);
  });

  it('prints each change as one line of JSON, and an unchanged status once', async () => {
    const running = stage.start('status', '--watch', '--json', 'staging');
    await running.saw('"healthy"');
    promote();
    await running.saw('"verify"');
    running.interrupt();
    const { exit, stdout } = await running.end;
    const documents = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(exit).toBe(0);
    expect(documents.map(({ environments }) => environments[0].promotion?.step ?? null)).toEqual([null, 'verify']);
  });

  it('draws over a terminal in one piece, within its width', async () => {
    const terminal = await setStage(makeWorld({ staging: a }), { columns: 30, env: { NO_COLOR: '1' } });
    try {
      const running = terminal.start('status', '--watch', 'staging');
      await running.saw('staging      healthy');
      terminal.fake.world.setState('staging', 'down');
      await running.saw('down');
      running.interrupt();
      const { stdout } = await running.end;
      const frames = stdout.split('\u001b[J').filter(Boolean);
      expect(frames).toHaveLength(2);
      expect(frames[1]?.startsWith('\u001b[4A\r')).toBe(true);
      for (const line of stdout.split('\u001b[K').slice(1)) expect(line.trim().length).toBeLessThanOrEqual(40);
    } finally {
      await terminal.close();
    }
  });

  it('is refused where no control plane runs, as status is', async () => {
    await stage.fake.stop();
    expect(await stage.run('status', '--watch')).toMatchObject({ exit: 3 });
  });
});

describe('a look at several', () => {
  it('validate shows each under its name, and one that is not well, or cannot be read, makes the exit code', async () => {
    expect(await stage.run('validate', 'staging', 'production')).toEqual({
      exit: 0,
      stdout: 'staging\nok   account  000000000003\n\nproduction\nok   account  000000000003\n',
      stderr: '',
    });
    stage.fake.world.broken.set('staging', 'the account does not answer');
    const { exit, stdout } = await stage.run('validate');
    expect(exit).toBe(1);
    expect(stdout).toContain('staging\nBAD  environment  the account does not answer\n');
    expect(stdout).toContain('production\nok   account');
    expect(json(await stage.run('validate', '--json'))).toMatchObject({ ok: false });
  });

  it('plan says in its place where nothing can be promoted, and exits as that one alone', async () => {
    stage.fake.world.broken.set('staging', 'no release can be promoted into staging');
    const alone = await stage.run('plan', 'staging');
    const { exit, stdout } = await stage.run('plan', 'staging', 'production');
    expect(exit).toBe(alone.exit);
    expect(stdout).toContain('staging\nerror: no release can be promoted into staging\n');
    expect(stdout).toContain('production: bbbbbbbbbbbb → ');
    const [refused, plan] = json(await stage.run('plan', 'staging', 'production', '--json')).environments;
    expect(refused).toMatchObject({ environment: 'staging', error: { message: expect.any(String) } });
    expect(plan).toMatchObject({ environment: 'production', steps: expect.any(Array) });
  });

  it('logs are in one order, each line behind its environment', async () => {
    const line = (minute: number, text: string) => ({ at: `2026-01-01T00:0${minute}:00Z`, source: 'api', text });
    stage.fake.world.logLines.push(line(1, 'one'), line(2, 'two'));
    const { stdout } = await stage.run('logs', 'production', 'staging', '--since', '2026-01-01');
    expect(stdout).toBe(
      ['1:00Z staging api  one', '1:00Z production api  one', '2:00Z staging api  two', '2:00Z production api  two', '']
        .join('\n')
        .replaceAll(/^(?=.)/gm, '2026-01-01T00:0'),
    );
  });

  it('logs --level has what is that bad or worse, and says how many lines say no level', async () => {
    const line = (second: number, text: string) => ({ at: `2026-01-01T00:00:0${second}Z`, source: 'api', text });
    const lines = ['{"level":30,"msg":"spoke"}', '{"level":"WARN"}', '[ERROR] no', 'an ERROR', '    at x.js:1'];
    stage.fake.world.logLines.push(...lines.map((text, second) => line(second, text)));
    const asked = ['logs', 'staging', '--since', '2026-01-01', '--level'];
    const shown = await stage.run(...asked, 'WARN');
    expect(shown.stdout.split('\n').map((one) => one.split('  ')[1])).toEqual([
      '{"level":"WARN"}',
      '[ERROR] no',
      undefined,
    ]);
    expect(shown.stderr).toBe('2 lines without a level left out\n');
    const { lines: worse } = json(await stage.run(...asked, 'error', '--json'));
    expect(worse).toEqual([{ ...line(2, '[ERROR] no'), level: 'error' }]);
    // Without it every line is shown.
    expect((await stage.run(...asked.slice(0, -1))).stdout.split('\n')).toHaveLength(6);
  });

  it('logs of all leave out what has no stack and say so; logs of one that is named refuse it', async () => {
    const at = new Date().toISOString();
    stage.fake.world.logLines.push({ at, source: 'api', text: 'one' });
    stage.fake.world.broken.set('staging', 'staging has no stack, so it has no logs');
    const all = await stage.run('logs');
    expect(all).toMatchObject({ exit: 0, stderr: 'staging has no stack, so it has no logs\n' });
    expect(all.stdout.split('\n').filter(Boolean)).toHaveLength(4);
    expect(await stage.run('logs', 'staging', 'production')).toMatchObject({ exit: 1 });
  });

  it('logs --follow shows what any of them says, until Ctrl-C', async () => {
    const running = stage.start('logs', '--follow');
    const say = (text: string) => stage.fake.world.log({ at: new Date().toISOString(), source: 'worker', text });
    say('first');
    await running.saw('production worker  first');
    say('second');
    await running.saw('dev-localstack worker  second');
    running.interrupt();
    expect(await running.end).toMatchObject({ exit: 0 });
  });

  it('history is merged, newest first, and cut at its limit', async () => {
    stage.fake.world.promotions.auto = true;
    for (const name of ['dev-aws', 'staging', 'dev-aws', 'production']) await stage.run('promote', name);
    const of = async (...words: string[]) =>
      json(await stage.run('history', ...words, '--json')).promotions.map(
        ({ environment }: { environment: string }) => environment,
      );
    expect(await of('staging', 'dev-aws')).toEqual(['dev-aws', 'staging', 'dev-aws']);
    expect(await of('dev-aws', 'staging', '--limit', '2')).toEqual(['dev-aws', 'staging']);
  });

  it('doctor asks for those named only', async () => {
    expect(await stage.run('doctor', 'staging', 'production')).toMatchObject({ exit: 0 });
    expect(stage.fake.requests).toEqual(['GET /v1/doctor?environment=staging%2Cproduction']);
  });

  it('open prints the address of each', async () => {
    expect((await stage.run('open', 'production', 'staging')).stdout).toBe(
      'http://127.0.0.1:8104\nhttp://127.0.0.1:8105\n',
    );
  });
});

describe('an environment', () => {
  it('destroy wants to be confirmed, and a protected environment its name', async () => {
    expect(await stage.run('destroy', 'staging')).toMatchObject({ exit: 2 });
    expect(await stage.run('destroy', 'production', '--yes')).toMatchObject({ exit: 2 });
    expect(await stage.run('destroy', 'production', '--confirm', 'staging')).toEqual({
      exit: 2,
      stdout: '',
      stderr:
        'error: --confirm staging is not production; nothing was changed\n    → soundbite destroy production --confirm production\n',
    });
    expect(stage.fake.requests).toEqual([]);
    expect(json(await stage.run('destroy', 'production', '--confirm', 'production', '--json'))).toEqual({
      environment: 'production',
      destroyed: true,
    });
    expect(await stage.run('destroy', 'staging', '--yes')).toMatchObject({ exit: 0 });
  });

  it('logs print what the service said, and obey no control characters', async () => {
    const at = new Date().toISOString();
    stage.fake.world.logLines.push(
      { at, source: 'api', text: 'one\u001b[2J' },
      { at: '2020-01-01T00:00:00Z', source: 'api', text: 'old' },
    );
    expect(await stage.run('logs', 'staging')).toEqual({ exit: 0, stdout: `${at} api  one\\x1b[2J\n`, stderr: '' });
    expect(json(await stage.run('logs', 'staging', '--since', '2019-01-01', '--json')).lines).toHaveLength(2);
  });

  it('logs --follow goes on until Ctrl-C, and then ends well', async () => {
    const running = stage.start('logs', 'staging', '--follow');
    stage.fake.world.log({ at: new Date().toISOString(), source: 'worker', text: 'first' });
    await running.saw('first');
    stage.fake.world.log({ at: new Date().toISOString(), source: 'worker', text: 'second' });
    await running.saw('second');
    running.interrupt();
    expect(await running.end).toMatchObject({ exit: 0 });
  });

  it('open prints the address where there is no display', async () => {
    expect(await stage.run('open', 'staging')).toEqual({ exit: 0, stdout: 'http://127.0.0.1:8104\n', stderr: '' });
  });

  it('open without an environment prints a link to the page, which lets a browser in once', async () => {
    const { exit, stdout, stderr } = await stage.run('open');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    const { link, expires, ...rest } = json(await stage.run('open', '--json'));
    expect(rest).toEqual({});
    expect(Date.parse(expires)).toBeGreaterThan(Date.now());
    for (const one of [stdout.trim(), link]) {
      expect(one.startsWith(`${stage.fake.url}/enter/`)).toBe(true);
      expect((await fetch(one, { redirect: 'manual' })).status).toBe(303);
      expect((await fetch(one, { redirect: 'manual' })).status).toBe(410);
    }
  });

  it('env show brings the declaration beside the record, and the declaration alone without a control plane', async () => {
    expect(json(await stage.run('env', 'show', 'staging', '--json')).record.liveRelease).toBe(a);
    expect(stage.fake.requests).not.toContain('GET /v1/environments/staging/account');
    const account = ['env', 'show', 'staging', '--account'];
    const stacks = [{ name: 'soundbite-staging', url: null }];
    expect(json(await stage.run(...account, '--json'))).toMatchObject({
      account: { stacks },
      record: { liveRelease: a },
    });
    expect((await stage.run(...account)).stdout).toContain('  api soundbite-staging-api:live\n');
    await stage.fake.stop();
    expect(json(await stage.run('env', 'show', 'staging', '--json'))).toMatchObject({ name: 'staging', record: null });
    expect(json(await stage.run(...account, '--json'))).toMatchObject({ name: 'staging', account: null });
  });

  it('dev says for each what it can do there, and what to use instead', async () => {
    const { exit, stdout } = await stage.run('dev');
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^dev-localstack +soundbite dev dev-localstack +serves the working tree/m);
    expect(stdout).toMatch(/^staging +soundbite deploy staging +serves releases only/m);
    expect(stage.fake.requests).toEqual(['GET /v1/dev']);
  });

  it('dev holds a session until Ctrl-C', async () => {
    const running = stage.start('dev', 'dev-localstack', '--json');
    await running.saw('Watching ');
    expect([...stage.fake.world.sessions.keys()]).toEqual(['dev-1']);
    running.interrupt();
    const outcome = await running.end;
    expect(outcome.exit).toBe(0);
    expect(json(outcome)).toEqual({ environment: 'dev-localstack', url: 'http://127.0.0.1:8101', reloads: 0 });
    expect([...stage.fake.world.sessions.keys()]).toEqual([]);
  });
});
