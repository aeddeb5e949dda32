import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { seal } from './files.ts';
import { releaseStore } from './store.ts';
import { smallRelease, temporary } from './testing.ts';

const place = temporary();
afterAll(place.remove);
let directory: string;
let count = 0;
beforeEach(() => {
  directory = join(place.directory, `store-${count++}`);
  mkdirSync(directory);
});

describe('a store of releases', () => {
  it('gives a release by its digest, and lists the newest cut first', async () => {
    const [first, second] = [smallRelease(directory), smallRelease(directory, { more: '1' })];
    utimesSync(join(directory, first.slice(7), 'manifest.json'), 1000, 1000);
    const store = releaseStore(directory);
    expect((await store.list()).map(({ digest }) => digest)).toEqual([second, first]);
    expect(await store.get(first)).toMatchObject({
      digest: first,
      directory: join(directory, first.slice(7)),
      provenance: { commit: 'a'.repeat(40) },
      manifest: { environments: ['staging', 'production'] },
    });
  });

  it('lists again what was cut, altered and taken out since, though it remembers what it read', async () => {
    const [first, second] = [smallRelease(directory), smallRelease(directory, { more: '1' })];
    const store = releaseStore(directory);
    const listed = async () => (await store.list()).map(({ digest }) => digest).toSorted();
    expect(await listed()).toEqual([first, second].toSorted());
    const third = smallRelease(directory, { more: '2' });
    appendFileSync(join(directory, first.slice(7), 'manifest.json'), ' ');
    expect(await listed()).toEqual([second, third].toSorted());
    await store.remove(second);
    expect(await listed()).toEqual([third]);
  });

  it('is empty before anything was cut, and leaves out what is not a release', async () => {
    expect(await releaseStore(join(directory, 'none')).list()).toEqual([]);
    mkdirSync(join(directory, '.cutting-1-abc'));
    mkdirSync(join(directory, 'f'.repeat(64)));
    writeFileSync(join(directory, 'note.txt'), '');
    expect(await releaseStore(directory).list()).toEqual([]);
  });

  it('does not know a release that was never cut', async () => {
    const digest = `sha256:${'0'.repeat(64)}` as const;
    const unknown = { code: 'release-unknown', source: 'user', message: `${digest} is not in the store` };
    await expect(releaseStore(directory).get(digest)).rejects.toMatchObject(unknown);
    await expect(releaseStore(directory).verify(digest)).rejects.toMatchObject(unknown);
    await expect(releaseStore(directory).scratch(digest, 'staging')).rejects.toMatchObject(unknown);
    await expect(releaseStore(directory).remove(digest)).rejects.toMatchObject(unknown);
  });
});

describe('remove', () => {
  it('takes a sealed release out of the store, and nothing else', async () => {
    const [first, second] = [smallRelease(directory), smallRelease(directory, { more: '1' })];
    await seal(join(directory, first.slice(7)));
    await releaseStore(directory).remove(first);
    expect(readdirSync(directory)).toEqual([second.slice(7)]);
    await expect(releaseStore(directory).remove(first)).rejects.toMatchObject({ code: 'release-unknown' });
  });

  it.each([
    ['a manifest that says nothing', (path: string) => writeFileSync(join(path, 'manifest.json'), 'nothing')],
    ['no manifest', (path: string) => rmSync(join(path, 'manifest.json'))],
    ['nothing', (path: string) => rmSync(path, { recursive: true }) ?? mkdirSync(path)],
  ])('takes out what was altered, whoever put it there, with %s', async (_what, alter) => {
    const digest = smallRelease(directory);
    alter(join(directory, digest.slice(7)));
    await expect(releaseStore(directory).get(digest)).rejects.toMatchObject({
      code: 'release-altered',
      hint: `soundbite release remove ${digest}, then soundbite release cut`,
    });
    await releaseStore(directory).remove(digest);
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('verify', () => {
  it('accepts a release as it was cut', async () => {
    const digest = smallRelease(directory);
    expect(await releaseStore(directory).verify(digest)).toMatchObject({ digest });
  });

  it.each<[string, (release: string) => void, string, string]>([
    ['a byte more', (r) => appendFileSync(join(r, 'service.zip'), '!'), 'service.zip', 'was altered'],
    [
      'another byte of the same length',
      (r) => writeFileSync(join(r, 'service.zip'), 'cods'),
      'service.zip',
      'was altered',
    ],
    ['a file less', (r) => rmSync(join(r, 'assembly/staging/cdk.out')), 'assembly/staging/cdk.out', 'is missing'],
    [
      'a file more',
      (r) => writeFileSync(join(r, 'assembly/staging/evil.json'), ''),
      'assembly/staging/evil.json',
      'was added',
    ],
    [
      'a link in place of a file',
      (r) => {
        rmSync(join(r, 'service.zip'));
        symlinkSync('settings/staging.json', join(r, 'service.zip'));
      },
      'service.zip',
      'was altered',
    ],
    ['a link more', (r) => symlinkSync('/etc/hostname', join(r, 'settings/x.json')), 'settings/x.json', 'was added'],
    ['another manifest', (r) => appendFileSync(join(r, 'manifest.json'), ' '), 'manifest.json', 'was altered'],
    ['no manifest', (r) => rmSync(join(r, 'manifest.json')), 'manifest.json', 'is missing'],
    [
      'another provenance',
      (r) => writeFileSync(join(r, 'provenance.json'), '{}'),
      'provenance.json',
      'was altered or is missing',
    ],
  ])('refuses %s and names the file', async (_name, alter, path, what) => {
    const digest = smallRelease(directory);
    alter(join(directory, digest.slice(7)));
    await expect(releaseStore(directory).verify(digest)).rejects.toMatchObject({
      code: 'release-altered',
      source: 'user',
      message: `${path} of ${digest} ${what} after the cut`,
      path,
    });
  });

  it('refuses a directory that bears the name of another release', async () => {
    const digest = smallRelease(directory);
    const other = `sha256:${'1'.repeat(64)}` as const;
    smallRelease(directory, { more: '1' });
    rmSync(join(directory, other.slice(7)), { recursive: true, force: true });
    symlinkSync(join(directory, digest.slice(7)), join(directory, other.slice(7)));
    await expect(releaseStore(directory).verify(other)).rejects.toMatchObject({ code: 'release-altered' });
  });
});

describe('scratch', () => {
  it('is a writable copy of one assembly with the bundle where it points to', async () => {
    const digest = smallRelease(directory);
    const scratch = await releaseStore(directory).scratch(digest, 'staging');
    expect(readdirSync(scratch.directory).sort()).toEqual(['cdk.out', 'manifest.json']);
    expect(existsSync(join(scratch.directory, '../../service.zip'))).toBe(true);
    expect(existsSync(join(scratch.directory, '../production'))).toBe(false);
    writeFileSync(join(scratch.directory, 'manifest.json'), 'changed');
    await expect(releaseStore(directory).verify(digest)).resolves.toBeDefined();
    await scratch.remove();
    expect(existsSync(scratch.directory)).toBe(false);
    expect(readdirSync(directory)).toEqual([digest.slice(7)]);
  });

  it('is refused for an altered release and for an environment that was not declared', async () => {
    const digest = smallRelease(directory);
    await expect(releaseStore(directory).scratch(digest, 'moon')).rejects.toMatchObject({
      code: 'environment-unknown',
      message: `${digest} was cut without environment moon`,
    });
    appendFileSync(join(directory, digest.slice(7), 'assembly/production/manifest.json'), ' ');
    await expect(releaseStore(directory).scratch(digest, 'staging')).rejects.toMatchObject({ code: 'release-altered' });
    expect(readdirSync(directory)).toEqual([digest.slice(7)]);
  });

  it('clears what a killed process left, and nothing of one that lives', async () => {
    const digest = smallRelease(directory);
    // The largest process id that Linux gives is 4194304.
    mkdirSync(join(directory, '.scratch-4999999-dead/deep'), { recursive: true });
    mkdirSync(join(directory, `.cutting-${process.ppid}-alive`));
    const scratch = await releaseStore(directory).scratch(digest, 'staging');
    await scratch.remove();
    expect(readdirSync(directory).sort()).toEqual([`.cutting-${process.ppid}-alive`, digest.slice(7)]);
  });
});

describe('program', () => {
  const smoke = { directory: 'smoke', command: ['sh', 'run.sh'], seconds: 9 };
  const brings = { 'smoke/run.sh': 'echo', 'smoke/lib/a.mjs': 'export {}', 'smoke2/other.mjs': '' };

  it('is a proven copy of its files alone, each of them executable, under no package.json of others', async () => {
    writeFileSync(join(directory, 'package.json'), '{"type":"commonjs"}');
    const digest = smallRelease(directory, brings, smoke);
    await seal(join(directory, digest.slice(7)));
    const copy = await releaseStore(directory).program(digest, 'smoke');
    expect(copy).toMatchObject({ command: ['sh', 'run.sh'], seconds: 9 });
    const at = copy?.directory ?? '';
    expect(readdirSync(at, { recursive: true }).sort()).toEqual(['lib', 'lib/a.mjs', 'run.sh']);
    expect(statSync(join(at, 'run.sh')).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(at, '../package.json'), 'utf8')).toBe('{}');
    await copy?.remove();
    expect(existsSync(at)).toBe(false);
    await expect(releaseStore(directory).verify(digest)).resolves.toBeDefined();
  });

  it('is null for a release that brings none, and for one of the first format', async () => {
    expect(await releaseStore(directory).program(smallRelease(directory, {}, null), 'smoke')).toBeNull();
    expect(await releaseStore(directory).program(smallRelease(directory), 'smoke')).toBeNull();
  });

  it('is one of several, each with its own files; one that is not declared is none', async () => {
    const migration = { ...smoke, directory: 'migration', seconds: 3600 };
    const files = { ...brings, 'migration/run.sh': 'echo migrated' };
    const digest = smallRelease(directory, files, smoke, { migration });
    const copy = await releaseStore(directory).program(digest, 'migration');
    expect(copy?.seconds).toBe(3600);
    expect(readdirSync(copy?.directory ?? '')).toEqual(['run.sh']);
    expect(readFileSync(join(copy?.directory ?? '', 'run.sh'), 'utf8')).toBe('echo migrated');
    await copy?.remove();
    expect(await releaseStore(directory).program(digest, 'compatibility')).toBeNull();
  });

  it.each([
    ['altered', (path: string) => appendFileSync(path, ' ')],
    ['missing', (path: string) => rmSync(path)],
  ])('is refused when a file of it is %s', async (_, alter) => {
    const digest = smallRelease(directory, brings, smoke);
    alter(join(directory, digest.slice(7), 'smoke/run.sh'));
    await expect(releaseStore(directory).program(digest, 'smoke')).rejects.toMatchObject({
      code: 'release-altered',
      path: 'smoke/run.sh',
    });
    expect(readdirSync(directory)).toEqual([digest.slice(7)]);
  });
});
