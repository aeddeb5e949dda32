import { usualEnvironments } from '@soundbite/client/testing/fake-declaration.ts';
import { makeWorld } from '@soundbite/client/testing/fake-world.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { catalogue } from './catalogue.ts';
import { examplesFor } from './examples.ts';
import { a, b, json, setChain, timeless } from './testing/chain.ts';
import { type CliStage, setStage } from './testing/stage.ts';

let stage: CliStage;
beforeEach(async () => {
  stage = await setChain();
});
afterEach(() => stage.close());

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
    [
      'a missing argument',
      ['rollback'],
      "error: missing required argument 'environment'\n    → soundbite rollback --help\n",
    ],
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
      'error: no environment named "moon" is declared\n    → choose one of dev-localstack, dev-aws, dev-aws-deployed, staging, production\n',
    ],
    [
      'a release that is none',
      ['plan', 'staging', '--release', 'latest'],
      'error: latest is not a release; pass its digest, or at least the first 4 digits\n    → soundbite release list\n',
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
      'error: --since yesterday is not a time; use 10m, 2h, or 2026-01-31T12:00Z\n    → soundbite logs --help\n',
    ],
    [
      'a level that is none',
      ['logs', 'staging', '--level', 'loud'],
      'error: --level loud is none of debug, info, warn, error\n    → soundbite logs --help\n',
    ],
    [
      'a promotion of nothing',
      ['promote'],
      'error: promote needs an environment, or --through\n    → soundbite promote production, or soundbite promote --through production\n',
    ],
    [
      'a way backwards',
      ['promote', 'production', '--through', 'dev-aws'],
      'error: dev-aws comes before production\n    → soundbite env list\n',
    ],
    ['lines without end as one document', ['logs', 'staging', '--follow', '--json'], ''],
  ])('refuses %s with exit 2', async (_what, words, stderr) => {
    const outcome = await stage.run(...words);
    expect(outcome.exit).toBe(2);
    if (words.includes('--json'))
      expect(json(outcome)).toEqual({
        error: {
          code: 'usage',
          message: '--follow never ends, so it has no single document; drop --json',
          hint: 'soundbite logs --help',
        },
      });
    else expect(outcome).toEqual({ exit: 2, stdout: '', stderr });
  });

  it('says an error as one document with --json, with code, message and hint alone', async () => {
    const outcome = await stage.run('health', 'prodction', '--json');
    expect(outcome).toMatchObject({ exit: 2, stderr: '' });
    expect(json(outcome)).toEqual({
      error: {
        code: 'environment-unknown',
        message: 'there is no environment prodction',
        hint: 'did you mean production?',
      },
    });
  });

  it('shows a stack trace with --verbose only', async () => {
    const quiet = await stage.run('release', 'show', 'dddd');
    expect(quiet.stderr).not.toMatch(/\n\s+at /);
    const verbose = await stage.run('release', 'show', 'dddd', '--verbose');
    expect(verbose.stderr).toMatch(/\n\s+at resolveRelease/);
  });

  it('says when the control plane is not running, with exit 3', async () => {
    await stage.fake.stop();
    const outcome = await stage.run('status', '--json');
    expect(outcome.exit).toBe(3);
    expect(json(outcome).error).toMatchObject({ code: 'control-plane-down', hint: './scripts/soundbite.sh up' });
  });

  it('names the environments in the help of what takes one, and in its own', async () => {
    const names = 'Environments: dev-localstack, dev-aws, dev-aws-deployed, staging, production\n';
    for (const words of [['--help'], ['up', '--help'], ['help', 'promote'], ['status', '-h']])
      expect((await stage.run(...words)).stdout).toContain(names);
    expect((await stage.run('down', '--help')).stdout).not.toContain('Environments:');
  });

  it('has help with an example for every command', async () => {
    const helps = await Promise.all(catalogue.map(({ name }) => stage.run(...name.split(' '), '--help')));
    for (const [index, help] of helps.entries()) {
      const { name, examples } = catalogue[index] ?? { name: '', examples: [] };
      expect(help.exit).toBe(0);
      expect(help.stdout).toContain(`Usage: soundbite ${name}`);
      expect(examples.length).toBeGreaterThan(0);
      const declared = examplesFor(examples, usualEnvironments());
      expect(declared).toHaveLength(examples.length);
      for (const example of declared) expect(help.stdout).toContain(`\n  ${example}`);
      expect(help.stdout).not.toMatch(/\{[a-z]+\}/);
    }
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
            code: 'declaration-invalid',
            message: [
              'SOUNDBITE_CLOUD_STAGING:1 account: is missing; it must be a text',
              'SOUNDBITE_CLOUD_STAGING:1 region: is missing; it must be a text',
              'SOUNDBITE_CLOUD_STAGING:1 role: is missing; it must be a text',
              'SOUNDBITE_CLOUD_MOON:1 kind: is missing; it must be emulated or real',
            ].join('\n'),
            hint: 'fix these lines, then run: soundbite env list',
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
