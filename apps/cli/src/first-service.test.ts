import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDeclaration } from '@soundbite/model';
import { ownInstallation } from '@soundbite/model/programs.ts';
import { parseService } from '@soundbite/model/service-declaration/parse.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isEmptyRepository, writeFirstService } from './first-service.ts';

let directory: string;
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'soundbite-first-')), 'Guest Book');
  mkdirSync(directory);
});
afterEach(() => rmSync(join(directory, '..'), { recursive: true, force: true }));

const put = (file: string, text: string) => {
  mkdirSync(join(directory, file, '..'), { recursive: true });
  writeFileSync(join(directory, file), text);
};
const text = (file: string) => readFileSync(join(directory, file), 'utf8');
const json = (file: string) => JSON.parse(text(file));
const git = () => execFileSync('git', ['init', '--quiet', directory]);
const isEmpty = () => isEmptyRepository(ownInstallation, directory);
const write = () => writeFirstService(ownInstallation, directory);

describe('a first service', () => {
  it('is declared as both readers take it, under the name of its directory', async () => {
    git();
    const { written, extended } = await write();
    expect(written).toEqual([
      ...['package.json', '.gitignore', 'infra/app.mjs', 'smoke/main.mjs', 'src/notes.py'],
      ...['environments.yaml', 'service.yaml'],
    ]);
    expect(extended).toEqual([]);
    const service = parseService({ file: 'service.yaml', text: text('service.yaml') });
    expect(service).toMatchObject({ ok: true, service: { name: 'guest-book', components: [{ name: 'notes' }] } });
    const declared = parseDeclaration((file) => (file === 'environments.yaml' ? text(file) : undefined));
    expect(
      declared.ok &&
        declared.declaration.environments.map(({ name, gates }) => [name, ...gates.map(({ gate }) => gate)]),
    ).toEqual([
      ['dev', 'smoke'],
      ['production', 'smoke', 'watch'],
    ]);
    expect(text('.gitignore').split('\n')).toEqual(['node_modules/', '.soundbite/', 'cdk.out/', '']);
  });

  it('needs the packages that it was tried with', async () => {
    git();
    await write();
    const { devDependencies: tried } = JSON.parse(readFileSync(join(ownInstallation, 'package.json'), 'utf8'));
    const { constructs } = JSON.parse(readFileSync(join(ownInstallation, 'cdk/package.json'), 'utf8')).dependencies;
    expect(json('package.json')).toEqual({
      name: 'guest-book',
      private: true,
      devDependencies: { 'aws-cdk-lib': tried['aws-cdk-lib'], constructs },
    });
  });

  it('leaves what is there, and adds what it needs besides', async () => {
    git();
    put(
      'package.json',
      '{"name":"mine","dependencies":{"constructs":"^10.0.0"},"devDependencies":{"soundbite":"file:a.tgz"}}',
    );
    put('.gitignore', '*.log\nnode_modules/');
    put('README.md', '# Mine');
    expect(await isEmpty()).toBe(true);
    expect(await write()).toMatchObject({ extended: ['package.json', '.gitignore'] });
    expect(json('package.json')).toEqual({
      name: 'mine',
      dependencies: { constructs: '^10.0.0' },
      devDependencies: { 'aws-cdk-lib': expect.any(String), soundbite: 'file:a.tgz' },
    });
    expect(text('.gitignore')).toBe('*.log\nnode_modules/\n.soundbite/\ncdk.out/\n');
    expect(text('README.md')).toBe('# Mine');
    const [own, ignored] = [
      '{"name":"mine","devDependencies":{"aws-cdk-lib":"^2","constructs":"^10"}}',
      '.*\nnode_modules/\n.soundbite/\ncdk.out/',
    ];
    put('package.json', own);
    put('.gitignore', ignored);
    expect(await write()).toMatchObject({ extended: [] });
    expect([text('package.json'), text('.gitignore')]).toEqual([own, ignored]);
  });

  it.each(['src/index.ts', 'src/notes.py', 'lib.ts', 'cdk.json'])('is written beside nobody’s %s', async (file) => {
    put(file, 'mine');
    expect(await isEmpty()).toBe(false);
  });

  it('is completed where an init was interrupted, and no other place takes it for empty afterwards', async () => {
    git();
    await write();
    for (const file of ['service.yaml', 'environments.yaml', 'smoke/main.mjs']) rmSync(join(directory, file));
    expect(await isEmpty()).toBe(true);
    const { written } = await write();
    expect(written).toContain('smoke/main.mjs');
    put('infra/app.mjs', `${text('infra/app.mjs')}// mine`);
    expect(await isEmpty()).toBe(false);
  });

  it.each([
    ['in no repository', () => undefined],
    ['below the root of another one', () => execFileSync('git', ['init', '--quiet', join(directory, '..')])],
  ])('is not written %s', async (_, prepare) => {
    prepare();
    await expect(write()).rejects.toMatchObject({
      code: 'source-without-git',
      message: `${directory} is not the root of a git repository`,
      hint: 'git init, then: soundbite init',
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('does not touch a package.json that is none', async () => {
    git();
    put('package.json', '{');
    await expect(write()).rejects.toMatchObject({ code: 'usage' });
    expect(text('package.json')).toBe('{');
  });
});
