import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest, digestOf } from '@soundbite/model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { authorsIn } from './authors.ts';

let root: string;
const commits = new Map<Digest, string>();
const releases = {
  get: async (release: Digest) => ({ provenance: { commit: commits.get(release) ?? 'f'.repeat(40) } }),
} as unknown as Parameters<typeof authorsIn>[1];

const git = (...words: readonly string[]) =>
  execFileSync('git', ['-C', root, '-c', 'user.name=x', '-c', 'user.email=x@example.com', ...words], {
    encoding: 'utf8',
  }).trim();

/** A release whose commit somebody made. */
function release(name: string, author: string, message: string): Digest {
  git('commit', '--quiet', '--allow-empty', '--author', author, '-m', message);
  const digest = digestOf(name);
  commits.set(digest, git('rev-parse', 'HEAD'));
  return digest;
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'authors-'));
  git('init', '--quiet');
  writeFileSync(join(root, '.mailmap'), 'Bob <bob@example.com> <bob@old.example.com>\n');
});
afterAll(() => rmSync(root, { recursive: true }));

it('are the authors and co-authors of what a release adds, by the address that they have now', async () => {
  const first = release('first', 'Zoe <zoe@example.com>', 'Begin');
  release(
    'between',
    'Ana <Ana@Example.com>',
    'More\n\nCo-authored-by: Bob <bob@old.example.com>\nCo-authored-by: nobody\nCo-authored-by: --stdin <dan@example.com> (in a pair)\nCo-authored-by: <fay@example.com>',
  );
  const second = release('second', 'Eve <eve@example.com>', 'Most');
  const authors = authorsIn(root, releases);
  expect(await authors(first, second)).toEqual([
    'ana@example.com',
    'bob@example.com',
    'dan@example.com',
    'eve@example.com',
    'fay@example.com',
  ]);
  expect(await authors(null, first)).toEqual(['zoe@example.com']);
  expect(await authors(second, second)).toEqual([]);
});

it('of a commit that is not there, or of a clone without its history, are not known', async () => {
  const here = release('here', 'Ana <ana@example.com>', 'Here');
  const unknown = { code: 'history-unreadable' };
  await expect(authorsIn(root, releases)(digestOf('gone'), here)).rejects.toMatchObject(unknown);
  const shallow = mkdtempSync(join(tmpdir(), 'authors-'));
  execFileSync('git', ['clone', '--quiet', '--depth', '1', `file://${root}`, shallow]);
  await expect(authorsIn(shallow, releases)(null, here)).rejects.toMatchObject(unknown);
  rmSync(shallow, { recursive: true });
});
