import { makeWorld } from '@soundbite/client/testing/fake-world.ts';
import type { Digest } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { catalogue } from './catalogue.ts';
import { type Outcome, type Stage, setStage } from './testing/stage.ts';

const a: Digest = `sha256:${'a'.repeat(64)}`;
const b: Digest = `sha256:${'b'.repeat(64)}`;

let stage: Stage;
beforeEach(async () => {
  const world = makeWorld({ 'dev-localstack': a, 'dev-aws': a, 'dev-aws-deployed': a, staging: a, production: b });
  world.addRelease(b);
  world.addRelease(a);
  stage = await setStage(world);
});
afterEach(() => stage.close());

/** The one document on standard output. */
const json = ({ stdout }: Outcome) => JSON.parse(stdout);

/** Times differ from run to run. */
const timeless = (text: string) => text.replace(/\d+\.\d s/g, 'N s');

describe('the command line', () => {
  it('says its version', async () => {
    expect(await stage.run('--version')).toEqual({ exit: 0, stdout: '0.1.0\n', stderr: '' });
  });

  it.each([
    [
      'an unknown command',
      ['statsu'],
      "error: unknown command 'statsu'\n    → did you mean status? (soundbite --help)\n",
    ],
    [
      'an unknown command of a group',
      ['release', 'lst'],
      "error: unknown command 'lst'\n    → did you mean list? (soundbite release --help)\n",
    ],
    [
      'an unknown option',
      ['promote', '--thruogh', 'staging'],
      "error: unknown option '--thruogh'\n    → did you mean --through? (soundbite promote --help)\n",
    ],
    ['a missing argument', ['logs'], "error: missing required argument 'environment'\n    → soundbite logs --help\n"],
    ['no command', [], 'error: no command was given\n    → soundbite --help\n'],
    ['a group without a command', ['release'], 'error: release needs a command\n    → soundbite release --help\n'],
    [
      'an environment that is none',
      ['health', 'prodction'],
      'error: there is no environment prodction\n    → did you mean production?\n',
    ],
    [
      'an environment like none',
      ['plan', 'moon'],
      'error: there is no environment moon\n    → name one of dev-localstack, dev-aws, dev-aws-deployed, staging, production\n',
    ],
    [
      'a release that is none',
      ['plan', 'staging', '--release', 'latest'],
      'error: latest is no release; give its digest, or the first 4 digits and more\n    → soundbite release list\n',
    ],
    [
      'an unknown release',
      ['release', 'show', 'dddd'],
      'error: there is no release dddd\n    → soundbite release list\n',
    ],
    [
      'an override without a reason',
      ['promote', 'production', '--override'],
      'error: an override needs a reason\n    → add --reason "why"\n',
    ],
    [
      'a time that is none',
      ['logs', 'staging', '--since', 'yesterday'],
      'error: --since yesterday is no time; give 10m, 2h, or 2026-01-31T12:00Z\n    → soundbite logs --help\n',
    ],
    [
      'a promotion of nothing',
      ['promote'],
      'error: promote needs an environment, or --through\n    → soundbite promote staging, or soundbite promote --through production\n',
    ],
    [
      'a journey backwards',
      ['promote', 'production', '--through', 'dev-aws'],
      'error: dev-aws comes before production\n    → soundbite env list\n',
    ],
    [
      'a journey that is not waited for',
      ['promote', '--through', 'staging', '--no-wait'],
      'error: --through waits for each environment; leave --no-wait away\n    → soundbite promote --help\n',
    ],
    ['lines without end as one document', ['logs', 'staging', '--follow', '--json'], ''],
  ])('refuses %s with exit 2', async (_what, words, stderr) => {
    const outcome = await stage.run(...words);
    expect(outcome.exit).toBe(2);
    if (words.includes('--json'))
      expect(json(outcome)).toEqual({
        error: {
          code: 'usage',
          message: '--follow never ends, so it has no one document; leave --json away',
          mend: 'soundbite logs --help',
        },
      });
    else expect(outcome).toEqual({ exit: 2, stdout: '', stderr });
  });

  it('says an error as one document with --json, with code, message and mend alone', async () => {
    const outcome = await stage.run('health', 'prodction', '--json');
    expect(outcome).toMatchObject({ exit: 2, stderr: '' });
    expect(json(outcome)).toEqual({
      error: {
        code: 'environment-unknown',
        message: 'there is no environment prodction',
        mend: 'did you mean production?',
      },
    });
  });

  it('shows a stack trace with --verbose only', async () => {
    const quiet = await stage.run('release', 'show', 'dddd');
    expect(quiet.stderr).not.toMatch(/\n\s+at /);
    const verbose = await stage.run('release', 'show', 'dddd', '--verbose');
    expect(verbose.stderr).toMatch(/\n\s+at resolveRelease/);
  });

  it('says when the control plane does not run, with exit 3', async () => {
    await stage.fake.stop();
    const outcome = await stage.run('status', '--json');
    expect(outcome.exit).toBe(3);
    expect(json(outcome).error).toMatchObject({ code: 'control-plane-down', mend: './scripts/soundbite.sh up' });
  });

  it('has help with an example for every command', async () => {
    const helps = await Promise.all(catalogue.map(({ name }) => stage.run(...name.split(' '), '--help')));
    for (const [index, help] of helps.entries()) {
      const { name, examples } = catalogue[index] ?? { name: '', examples: [] };
      expect(help.exit).toBe(0);
      expect(help.stdout).toContain(`Usage: soundbite ${name}`);
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) expect(help.stdout).toContain(`\n  ${example}`);
    }
  });
});

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

  it('is the contract with --json', async () => {
    const outcome = await stage.run('status', '--json');
    expect(outcome.stderr).toBe('');
    expect(json(outcome)).toEqual(stage.fake.world.status());
  });
});

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

describe('findings', () => {
  it('that are all well exit with 0', async () => {
    expect(await stage.run('validate', 'staging')).toEqual({
      exit: 0,
      stdout: 'ok   account  000000000003\n',
      stderr: '',
    });
    expect(await stage.run('health', 'staging')).toMatchObject({ exit: 0 });
  });

  it('that are not exit with 1 and name the next command', async () => {
    stage.fake.world.findings = [
      { name: 'digest', ok: false, detail: 'another one runs', mend: 'soundbite promote staging' },
    ];
    stage.fake.world.setState('staging', 'degraded');
    expect(await stage.run('validate', 'staging')).toEqual({
      exit: 1,
      stdout: 'BAD  digest  another one runs\n             → soundbite promote staging\n',
      stderr: '',
    });
    expect(await stage.run('health')).toMatchObject({ exit: 1 });
    expect(await stage.run('health', 'production')).toMatchObject({ exit: 0 });
  });

  it('of the doctor begin with this machine, and need no control plane for it', async () => {
    const well = json(await stage.run('doctor', '--json'));
    expect(well.findings.map(({ name }: { name: string }) => name)).toEqual([
      'node',
      'git',
      'environments.yaml',
      'state',
      'disk of the repository',
      'postgres',
    ]);
    expect((await stage.run('doctor')).stdout).toBe('6 things were looked at and are well; --verbose names them\n');
    expect((await stage.run('doctor', '--verbose')).stdout).toContain('ok   postgres');
    await stage.fake.stop();
    const alone = await stage.run('doctor');
    expect(alone.exit).toBe(1);
    expect(alone.stdout).toMatch(
      /^BAD {2}control plane .*\n +→ \.\/scripts\/soundbite\.sh up\n5 things were looked at/,
    );
  });
});

describe('releases', () => {
  it('are listed with where they are live', async () => {
    expect((await stage.run('release', 'list')).stdout.split('\n')).toEqual([
      'release       commit   committed at         live in',
      'aaaaaaaaaaaa  ccccccc  2026-01-02 03:04:05  dev-localstack, dev-aws, dev-aws-deployed, staging',
      'bbbbbbbbbbbb  ccccccc  2026-01-02 03:04:05  production',
      '',
    ]);
  });

  it('are cut once, from the directory that was named', async () => {
    const outcome = await stage.run('release', 'cut', '--source', 'packages', '--json');
    expect(json(outcome)).toMatchObject({ release: `sha256:${'e'.repeat(64)}`, dirty: false, created: true });
    expect(json(outcome).path).toContain(`${process.cwd()}/packages/`);
    expect(json(await stage.run('release', 'cut', '--json'))).toMatchObject({ created: false });
  });

  it('are verified', async () => {
    expect((await stage.run('release', 'verify', 'aaaa')).stdout).toBe(
      `${a} is as it was cut: 12 files and the manifest that names them\n`,
    );
  });
});

describe('the rest', () => {
  it('history shows promotions, newest first, and the ledger with its chain', async () => {
    stage.fake.world.auto = true;
    await stage.run('promote', 'production');
    await stage.run('rollback', 'production');
    const { promotions } = json(await stage.run('history', 'production', '--json'));
    expect(promotions.map(({ kind }: { kind: string }) => kind)).toEqual(['rollback', 'promote']);
    expect(json(await stage.run('history', '--limit', '1', '--json')).promotions).toHaveLength(1);
    const ledger = await stage.run('history', '--ledger');
    expect(ledger.exit).toBe(0);
    expect(ledger.stdout).toContain('the chain of 4 entries is whole');
    const first = stage.fake.world.ledger[0];
    if (first) stage.fake.world.ledger[0] = { ...first, subject: 'p-9' };
    const broken = await stage.run('history', '--ledger', '--json');
    expect(broken.exit).toBe(1);
    expect(json(broken).whole).toBe(false);
  });

  it('destroy wants to be confirmed, and a protected environment its name', async () => {
    expect(await stage.run('destroy', 'staging')).toMatchObject({ exit: 2 });
    expect(await stage.run('destroy', 'production', '--yes')).toMatchObject({ exit: 2 });
    expect(await stage.run('destroy', 'production', '--confirm', 'staging')).toEqual({
      exit: 2,
      stdout: '',
      stderr:
        'error: --confirm staging is not production; nothing was touched\n    → soundbite destroy production --confirm production\n',
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

  it('env show brings the declaration beside the record, and the declaration alone without a control plane', async () => {
    expect(json(await stage.run('env', 'show', 'staging', '--json')).record.liveRelease).toBe(a);
    await stage.fake.stop();
    expect(json(await stage.run('env', 'show', 'staging', '--json'))).toMatchObject({ name: 'staging', record: null });
  });

  it('dev holds a session until Ctrl-C', async () => {
    const running = stage.start('dev', 'dev-localstack', '--json');
    await running.saw('Watching apps/service');
    expect([...stage.fake.world.sessions.keys()]).toEqual(['dev-1']);
    running.interrupt();
    const outcome = await running.end;
    expect(outcome.exit).toBe(0);
    expect(json(outcome)).toEqual({ environment: 'dev-localstack', url: 'http://127.0.0.1:8101', reloads: 0 });
    expect([...stage.fake.world.sessions.keys()]).toEqual([]);
  });
});

describe('a wrong declaration', () => {
  it('is said whole, with exit 2, before anything is touched', async () => {
    const env = { SOUNDBITE_CLOUD_STAGING: '{"kind":"real"}', SOUNDBITE_CLOUD_MOON: '{}' };
    const wrong = await setStage(makeWorld(), { env });
    try {
      for (const words of [['up'], ['env', 'list'], ['validate', 'staging'], ['deploy']]) {
        const outcome = await wrong.run(...words, '--json');
        expect(outcome.exit).toBe(2);
        expect(json(outcome)).toEqual({
          error: {
            code: 'declaration',
            message: [
              'SOUNDBITE_CLOUD_STAGING:1 account: is missing; give a text',
              'SOUNDBITE_CLOUD_STAGING:1 region: is missing; give a text',
              'SOUNDBITE_CLOUD_STAGING:1 role: is missing; give a text',
              'SOUNDBITE_CLOUD_MOON:1 kind: is missing; give emulated or real',
            ].join('\n'),
            mend: 'mend these lines, then: soundbite env list',
            path: 'account',
            line: 1,
          },
        });
      }
      expect(wrong.fake.requests).toEqual([]);
    } finally {
      await wrong.close();
    }
  });
});

describe('on a terminal', () => {
  it('progress is drawn over, with colours, clipped to its width', async () => {
    const terminal = await setStage(makeWorld({ 'dev-localstack': a, 'dev-aws': b }), { columns: 24 });
    try {
      const running = terminal.start('promote', 'dev-aws');
      await running.saw('verify');
      terminal.fake.world.end('p-1', 'failed', 'smoke: silence');
      const { stdout } = await running.end;
      const last = stdout.split('\u001b[J').at(-1) ?? '';
      expect(timeless(last).split('\n')).toEqual([
        'dev-aws ← aaaaaaaaaaaa (was bbbbbbbbbbbb) \u001b[31mfailed\u001b[39m in N s: smoke: silence',
        '  \u001b[31m✗\u001b[39m verify         N s',
        '',
      ]);
    } finally {
      await terminal.close();
    }
  });

  it('NO_COLOR takes the colours away', async () => {
    const terminal = await setStage(makeWorld(), { columns: 80, env: { NO_COLOR: '1' } });
    try {
      expect((await terminal.run('status')).stdout).not.toContain('\u001b');
    } finally {
      await terminal.close();
    }
  });
});
