import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest, digestOf, type Provenance } from '@soundbite/model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { authorsIn } from './authors.ts';

let root: string;
const cuts = new Map<Digest, Partial<Provenance>>();
const releases = {
  get: async (release: Digest) => ({ provenance: cuts.get(release) ?? { commit: 'f'.repeat(40), dirty: false } }),
} as unknown as Parameters<typeof authorsIn>[1];

const git = (...words: readonly string[]) =>
  execFileSync('git', ['-C', root, '-c', 'user.name=x', '-c', 'user.email=x@example.com', ...words], {
    encoding: 'utf8',
  }).trim();

/** A release whose commit somebody made. */
function release(name: string, author: string, message: string): Digest {
  git('commit', '--quiet', '--allow-empty', '--author', author, '-m', message);
  return cut(name);
}

/** A release of the last commit. */
function cut(name: string, more: Partial<Provenance> = {}): Digest {
  const digest = digestOf(name);
  cuts.set(digest, { commit: git('rev-parse', 'HEAD'), dirty: false, ...more });
  return digest;
}

const mailmap = (...lines: readonly string[]) => writeFileSync(join(root, '.mailmap'), `${lines.join('\n')}\n`);

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'authors-'));
  git('init', '--quiet');
  mailmap('Bob <bob@example.com> <bob@old.example.com>', 'Bob <Bob@example.com> Robert <bob@older.example.com> # once');
  git('add', '.mailmap');
});
afterAll(() => rmSync(root, { recursive: true }));

it('are the authors and co-authors of what a release adds, by each address that is theirs', async () => {
  const first = release('first', 'Zoe <zoe@example.com>', 'Begin');
  release(
    'between',
    'Ana <Ana@Example.com>',
    'More\n\nCo-authored-by: Bob <bob@old.example.com>\nCo-authored-by: nobody\nCo-authored-by: --stdin <dan@example.com> (in a pair)\nCo-authored-by: <fay@example.com>',
  );
  const second = release('second', 'Eve <eve@example.com>', 'Most');
  const authors = authorsIn(root, releases);
  const bob = ['bob@example.com', 'bob@old.example.com', 'bob@older.example.com'];
  expect(await authors(first, second)).toEqual([
    'ana@example.com',
    ...bob,
    'dan@example.com',
    'eve@example.com',
    'fay@example.com',
  ]);
  expect(await authors(null, first)).toEqual(['zoe@example.com']);
  expect(await authors(second, second)).toEqual([]);
  const third = release('third', 'Bob <bob@old.example.com>', 'By his old address');
  const fourth = release('fourth', 'Bob <bob@example.com>', 'By his new one');
  expect(await authors(second, third)).toEqual(bob);
  expect(await authors(third, fourth)).toEqual(bob);
});

it('nobody makes somebody else of by what is not committed with the release', async () => {
  const before = cut('before');
  const hers = release('hers', 'Ivy <ivy@example.com>', 'Hers\n\nCo-authored-by: Jon <jon@example.com>');
  mailmap('Eve <eve@example.com> <ivy@example.com>', 'Eve <eve@example.com> <jon@example.com>');
  git('config', 'mailmap.file', join(root, '.mailmap'));
  git('replace', '--graft', 'HEAD', 'HEAD~2');
  const both = ['ivy@example.com', 'jon@example.com'];
  expect(await authorsIn(root, releases)(before, hers)).toEqual(both);
  git('replace', '--delete', git('rev-parse', 'HEAD'));
  git('commit', '--quiet', '--author', 'Ivy <ivy@example.com>', '-am', 'Eve did it');
  // A map that is committed adds an address, and takes none away.
  expect(await authorsIn(root, releases)(before, cut('mapped'))).toEqual(['eve@example.com', ...both]);
});

it('of what no commit has are not known; over it, everything may be new', async () => {
  const all = await authorsIn(root, releases)(null, cut('clean'));
  expect(all).toContain('zoe@example.com');
  const dirty = cut('dirty', { dirty: true });
  const adopted = cut('adopted', { adopted: { account: '1', region: 'x', stacks: [] } });
  const authors = authorsIn(root, releases);
  await expect(authors(cut('live'), dirty)).rejects.toMatchObject({
    code: 'history-unreadable',
    message: expect.stringContaining('was cut with changes that no commit has'),
    hint: 'commit them, and cut again',
  });
  await expect(authors(null, adopted)).rejects.toMatchObject({ code: 'history-unreadable' });
  for (const live of [dirty, adopted]) expect(await authors(live, cut('clean'))).toEqual(all);
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
