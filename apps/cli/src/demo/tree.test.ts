import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { scratchCopy } from './tree.ts';

const service = `version: 1
name: greeter
inputs: [src]
app: [node, src/app.mjs]
components: [{ name: api, function: ApiFunction }]
`;

it('begins a repository of its own, whichever one a hook or a CI job names to git', async () => {
  const place = mkdtempSync(join(tmpdir(), 'soundbite-tree-'));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  const root = join(place, 'repository');
  mkdirSync(join(root, 'src'), { recursive: true });
  writeFileSync(join(root, 'environments.yaml'), '');
  writeFileSync(join(root, 'service.yaml'), service);
  writeFileSync(join(root, 'src/hello.ts'), 'export {};\n');
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', root, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], {
      encoding: 'utf8',
    });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'theirs');
  const before = git('rev-parse', 'HEAD');
  vi.stubEnv('GIT_DIR', join(root, '.git'));
  onTestFinished(() => void vi.unstubAllEnvs());
  const { directory } = await scratchCopy(root, join(place, 'home'));
  vi.unstubAllEnvs();
  expect(git('rev-parse', 'HEAD')).toBe(before);
  expect(execFileSync('git', ['-C', directory, 'log', '--format=%s'], { encoding: 'utf8' })).toBe(
    'The service as it stands\n',
  );
});
