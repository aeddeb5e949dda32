import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { makeWorld } from '@soundbite/client/testing/fake-world.ts';
import { describe, expect, it } from 'vitest';
import { catalogue } from './catalogue.ts';
import { complete } from './completion.ts';
import { repositoryRoot, setStage } from './testing/stage.ts';

const environments = ['dev-localstack', 'dev-aws', 'dev-aws-deployed', 'staging', 'production'];
const known = { environments: async () => environments, releases: async () => ['0123456789ab', '01ffffffffff'] };
const values = async (...words: string[]) => (await complete(words, known)).map(({ value }) => value);

describe('completion', () => {
  it('knows every command and option of the catalogue', async () => {
    for (const { name, options = [], lists = [] } of catalogue) {
      const words = name.split(' ');
      expect(await values(...words)).toContain(words.at(-1));
      for (const [flags] of [...options, ...lists])
        expect(await values(...words, '--')).toContain(/--[a-z-]+/.exec(flags)?.[0]);
    }
    expect(await values('')).toEqual(expect.arrayContaining(['up', 'release', 'help', 'test', 'completion']));
    expect(await values('sta')).toEqual(['status']);
  });

  it.each([
    ['a group', ['release', ''], ['cut', 'list', 'show', 'verify', 'image', 'push', 'remove']],
    ['an environment', ['promote', 'st'], ['staging']],
    ['an environment, where a promotion may stand, too', ['history', 'st'], ['staging']],
    ['behind options', ['--json', 'logs', '--since', '2h', 'dev-aws'], ['dev-aws', 'dev-aws-deployed']],
    ['several environments, each once', ['up', 'staging', ''], environments.filter((name) => name !== 'staging')],
    ['nothing behind the last argument', ['rollback', 'staging', 'p'], []],
    ['an option’s environment', ['promote', '--through', 'pro'], ['production']],
    ['in one word, as zsh and fish have it', ['promote', '--through=pro'], ['--through=production']],
    ['taken apart, as bash does', ['promote', '--through', '=', 'pro'], ['production']],
    ['right behind the sign', ['promote', '--through', '='], environments],
    ['a release', ['plan', 'staging', '--release', '012'], ['0123456789ab']],
    ['a release with its scheme', ['release', 'show', 'sha256:012'], ['sha256:0123456789ab']],
    ['the same, taken apart', ['release', 'show', 'sha256', ':', '012'], ['0123456789ab']],
    ['free text', ['promote', 'staging', '--reason', 'st'], []],
    ['directories', ['release', 'cut', '--source', '/t'], [':directories']],
    ['options that were not given yet', ['promote', 'staging', '--no-wait', '--no'], []],
    ['options that may be repeated', ['deploy', '--allow-removal', 'A', '--allow'], ['--allow-removal']],
    ['help for a command', ['help', 'release', 'sh'], ['show']],
    ['a shell', ['completion', ''], ['bash', 'zsh', 'fish']],
    ['parts of the tests', ['test', 'u'], ['unit']],
    ['a command that is none', ['nonsense', ''], []],
  ])('of %s', async (_what, words, expected) => expect(await values(...words)).toEqual(expected));
});

/** Whether this machine has a shell; without it its tests are skipped. */
const has = (name: string) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));

/** Lines of a shell in the repository, with a home that has two releases and no control plane. */
async function inShell(shell: string, args: readonly string[]): Promise<string[]> {
  const stage = await setStage(makeWorld());
  try {
    await stage.fake.stop();
    for (const digit of ['a', 'b']) mkdirSync(join(stage.home, 'releases', digit.repeat(64)), { recursive: true });
    // As npx would run the package, if it was told to install nothing.
    writeFileSync(
      join(stage.home, 'npx'),
      '#!/bin/sh\n[ "$1 $2" = "--no soundbite" ] && shift 2 && exec ./scripts/soundbite.sh "$@"\n',
      { mode: 0o755 },
    );
    const env = {
      PATH: `${stage.home}${delimiter}${process.env.PATH}`,
      HOME: stage.home,
      SOUNDBITE_HOME: stage.home,
      TERM: 'dumb',
    };
    const { stdout } = await promisify(execFile)(shell, args, { cwd: repositoryRoot, env });
    return stdout.split('\n').filter(Boolean);
  } finally {
    await stage.close();
  }
}

const inBash = (...words: string[]) =>
  inShell('bash', [
    '-c',
    `source scripts/completion/soundbite.bash
     COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); function=$(complete -p "\${1##*/}"); function=\${function#*-F }
     "\${function%% *}"; printf '%s\\n' "\${COMPREPLY[@]}"`,
    'bash',
    ...words,
  ]);

it.each(['bash', 'zsh', 'fish'])('completion %s prints what that shell reads', async (shell) => {
  const stage = await setStage(makeWorld());
  try {
    const script = readFileSync(join(repositoryRoot, `scripts/completion/soundbite.${shell}`), 'utf8');
    expect(await stage.run('completion', shell)).toEqual({ exit: 0, stdout: script, stderr: '' });
    expect(await stage.run('completion', 'csh')).toMatchObject({ exit: 2, stdout: '' });
  } finally {
    await stage.close();
  }
});

describe('bash', () => {
  it.each([
    [
      ['./scripts/soundbite.sh', 'up', 'dev-aws'],
      ['dev-aws', 'dev-aws-deployed'],
    ],
    [['./scripts/soundbite.sh', 'promote', '--release', 'aa'], ['aaaaaaaaaaaa']],
    [['./scripts/promote-environment.sh', 'stag'], ['staging']],
    [['./scripts/soundbite.sh', 'release', 'cut', '--source', 'app'], ['apps']],
    [['npx', 'soundbite', 'promote', 'stag'], ['staging']],
    [['npx', 'other', 'promote', 'stag'], []],
  ])('completes %j', async (words, expected) => expect(await inBash(...words)).toEqual(expected), 60_000);
});

describe.skipIf(!has('fish'))('fish', () => {
  it('completes environments, releases and the short names', async () => {
    const script = `source scripts/completion/soundbite.fish
for line in './scripts/soundbite.sh up stag' './scripts/soundbite.sh promote --release=aa' './scripts/promote-environment.sh prod' 'npx soundbite up dev-aws-'
  complete -C $line
end`;
    const words = (await inShell('fish', ['--no-config', '-c', script])).map((line) => line.split('\t')[0]);
    expect(words).toEqual(['staging', '--release=aaaaaaaaaaaa', 'production', 'dev-aws-deployed']);
  }, 60_000);
});

describe.skipIf(!has('zsh'))('zsh', () => {
  it('completes environments, releases and the short names', async () => {
    const script = `autoload -U compinit && compinit -u -D
source scripts/completion/soundbite.zsh
compadd() { print -l -- $values }
for line in './scripts/soundbite.sh up stag' './scripts/soundbite.sh promote --release=aa' './scripts/promote-environment.sh prod' 'npx soundbite up dev-aws-'
do words=(\${=line}); CURRENT=$#words; _soundbite; done
echo $_comps[npx]`;
    expect(await inShell('zsh', ['-f', '-c', script])).toEqual([
      'staging',
      '--release=aaaaaaaaaaaa',
      'production',
      'dev-aws-deployed',
      '_soundbite',
    ]);
  }, 60_000);
});
