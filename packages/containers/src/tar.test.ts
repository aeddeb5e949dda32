import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { entriesOfTar, tarOf } from './tar.ts';

const entry = (path: string, text?: string) => ({
  ...{ path, mode: text === undefined ? 0o755 : 0o444, uid: 10001, gid: 10001, mtime: 1_700_000_000 },
  ...(text === undefined ? {} : { bytes: Buffer.from(text) }),
});
const long = `${'a-directory/'.repeat(12)}file.txt`;

it('is a tar as tar reads it, and reads it back as it was', async () => {
  const tar = await tarOf([
    entry('app'),
    entry('app/a.mjs', 'x'.repeat(600)),
    entry('app/empty', ''),
    entry(long, 'long'),
  ]);
  const listed = execFileSync('tar', ['-tvf', '-', '--numeric-owner', '--utc'], { input: tar }).toString('utf8');
  expect(listed.trim().split('\n')).toEqual([
    'drwxr-xr-x 10001/10001       0 2023-11-14 22:13 app/',
    '-r--r--r-- 10001/10001     600 2023-11-14 22:13 app/a.mjs',
    '-r--r--r-- 10001/10001       0 2023-11-14 22:13 app/empty',
    `-r--r--r-- 10001/10001       4 2023-11-14 22:13 ${long}`,
  ]);
  const found = await entriesOfTar(tar);
  expect(found.map(({ path, isDirectory }) => [path, isDirectory])).toEqual([
    ['app/', true],
    ['app/a.mjs', false],
    ['app/empty', false],
    [long, false],
  ]);
  expect(Buffer.from(found[1]?.bytes ?? []).toString()).toBe('x'.repeat(600));
});

it('reads names that GNU tar and others write beside the header, and says of a cut one that it is', async () => {
  const longest = `${'d'.repeat(90)}/${'f'.repeat(150)}`;
  for (const format of ['gnu', 'pax']) {
    const script = `mkdir -p ${'d'.repeat(90)} && printf hi > ${longest} && tar -cf - --format=${format} ${longest}`;
    const tar = execFileSync('sh', ['-c', `cd "$(mktemp -d)" && ${script}`]);
    expect(await entriesOfTar(tar)).toMatchObject([{ path: longest, isDirectory: false }]);
    await expect(entriesOfTar(tar.subarray(0, 1600))).rejects.toThrow();
  }
});

it('holds long paths, and gives the same bytes for the same entries', async () => {
  const entries = [entry('d'), entry(`${'d'.repeat(200)}/${'f'.repeat(120)}`, 'far')];
  const tar = await tarOf(entries);
  expect((await entriesOfTar(tar)).map(({ path }) => path)).toEqual(['d/', entries[1]?.path]);
  expect(Buffer.compare(tar, await tarOf(entries))).toBe(0);
});

it('does not take for whole what is damaged', async () => {
  const tar = await tarOf([entry('a', 'text')]);
  tar[0] = 0x62;
  await expect(entriesOfTar(tar)).rejects.toThrow();
});
