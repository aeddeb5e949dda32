import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readInputs } from './inputs.ts';
import { git, repository } from './testing.ts';
import { forTrees, fresh, linked, next, treesPlace } from './testing-trees.ts';

forTrees();

describe('what no release can be made of is refused, with its path', () => {
  it.each<[string, (tree: string) => unknown, string, RegExp]>([
    [
      'a link to a directory',
      (tree) => linked(tree, 'src', 'apps/service/other'),
      'apps/service/other',
      /link to a directory/,
    ],
    ['an input directory that is a link', (tree) => movedCdk(tree), 'cdk', /link to a directory/],
    ['a directory above that is a link', (tree) => movedApps(tree), 'apps', /link to a directory/],
    ['a link that leads nowhere', (tree) => linked(tree, 'none.ts', 'cdk/x.ts'), 'cdk/x.ts', /leads nowhere/],
    ['a link in a circle', (tree) => linked(tree, 'x.ts', 'cdk/x.ts'), 'cdk/x.ts', /in a circle/],
    [
      'a link out of the tree',
      (tree) => linked(tree, '/etc/hostname', 'cdk/x.ts'),
      'cdk/x.ts',
      /out of the working tree, to/,
    ],
    [
      'a link to what is not an input',
      (tree) => linked(tree, '../docs/a.md', 'cdk/x.ts'),
      'cdk/x.ts',
      /docs\/a\.md, which is not an input/,
    ],
    [
      'a pipe',
      (tree) => execFileSync('mkfifo', [join(tree, 'cdk/pipe')]),
      'cdk/pipe',
      /neither a file nor a directory/,
    ],
    ['a link to a pipe', (tree) => linkedPipe(tree), 'cdk/x.ts', /docs\/pipe/],
    ['a socket', (tree) => socket(join(tree, 'cdk/socket')), 'cdk/socket', /neither a file nor a directory/],
    [
      'a repository inside',
      (tree) => repository(join(tree, 'cdk/inner'), { 'a.ts': '' }),
      'cdk/inner',
      /repository of its own/,
    ],
    ['a submodule', (tree) => submodule(tree), 'apps/service/vendor', /is a submodule/],
    [
      'a name that is not UTF-8',
      (tree) => writeFileSync(Buffer.from(`${tree}/cdk/\xff.ts`, 'latin1'), ''),
      'cdk/\ufffd.ts',
      /not named in UTF-8/,
    ],
  ])('%s', async (_name, change, path, message) => {
    const tree = fresh();
    await change(tree);
    await expect(readInputs(tree)).rejects.toMatchObject({
      code: 'input-invalid',
      source: 'user',
      path,
      message: expect.stringMatching(message),
      hint: expect.any(String),
    });
  });

  it('not when the tree ignores it, or when it lies among the packages', async () => {
    const tree = fresh();
    mkdirSync(join(tree, 'cdk/node_modules'));
    linked(tree, '../src', 'apps/service/node_modules');
    linked(tree, '/nowhere', 'cdk/node_modules/x');
    linked(tree, '/nowhere', 'cdk/x.tmp');
    expect((await readInputs(tree)).dirty).toBe(false);
  });
});

const movedCdk = (tree: string) => {
  renameSync(join(tree, 'cdk'), join(tree, 'docs/cdk'));
  linked(tree, 'docs/cdk', 'cdk');
};
const movedApps = (tree: string) => {
  renameSync(join(tree, 'apps'), join(tree, 'docs/apps'));
  linked(tree, 'docs/apps', 'apps');
};
const linkedPipe = (tree: string) => {
  execFileSync('mkfifo', [join(tree, 'docs/pipe')]);
  linked(tree, '../docs/pipe', 'cdk/x.ts');
};
const sockets: ReturnType<typeof createServer>[] = [];
afterAll(() => {
  for (const server of sockets) server.close();
});
function socket(path: string): Promise<void> {
  const server = createServer();
  sockets.push(server);
  return new Promise((resolve) => {
    server.listen(path, resolve);
  });
}
const submodule = (tree: string) => {
  const inner = repository(next('inner'), { 'a.ts': '' });
  execFileSync(
    'git',
    ['-C', tree, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'apps/service/vendor'],
    { stdio: 'pipe' },
  );
  git(tree, 'commit', '--quiet', '--message=submodule');
  rmSync(join(tree, 'apps/service/vendor'), { recursive: true });
};

describe.runIf(process.getuid?.() === 0)('as another user', () => {
  /** Reads the inputs as nobody, in a process of its own. */
  function asNobody(
    tree: string,
    ...config: string[]
  ): { code?: string; message?: string; hint?: string; dirty?: boolean } {
    const inputs = JSON.stringify(new URL('./inputs.ts', import.meta.url).href);
    const script = `const { readInputs } = await import(${inputs});
      process.setgid(65534); process.setuid(65534);
      const { code, message, hint, dirty } = await readInputs(${JSON.stringify(tree)}).catch((error) => error);
      console.log(JSON.stringify({ code, message, hint, dirty }));`;
    const env = { PATH: process.env.PATH, HOME: '/nonexistent', ...settings(config) };
    return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' }));
  }
  const settings = (config: string[]): Record<string, string> => ({
    GIT_CONFIG_COUNT: String(config.length),
    ...Object.fromEntries(
      config.flatMap((one, index) => [
        [`GIT_CONFIG_KEY_${index}`, one.split('=')[0] ?? ''],
        [`GIT_CONFIG_VALUE_${index}`, one.split('=')[1] ?? ''],
      ]),
    ),
  });

  it('a tree of somebody else is refused with the command that allows it, which then counts', () => {
    const tree = fresh();
    chmodSync(treesPlace.directory, 0o755);
    const refused = asNobody(tree);
    expect(refused).toMatchObject({
      code: 'source-without-git',
      hint: `git config --global --add safe.directory ${tree}`,
    });
    expect(refused.message).toContain('belongs to another user');
    expect(asNobody(tree, `safe.directory=${tree}`)).toEqual({ dirty: false });
  });

  it.each([['cdk/synth.ts'], ['cdk']])('%s that cannot be read is named', (path) => {
    const tree = fresh();
    chmodSync(treesPlace.directory, 0o755);
    chmodSync(join(tree, path), 0o700);
    expect(asNobody(tree, `safe.directory=${tree}`)).toMatchObject({
      code: 'input-invalid',
      message: expect.stringMatching(new RegExp(`^${path} cannot be read \\(EACCES\\)`)),
    });
  });
});
