import { execFile, execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Digest, digestOf, parseDeclaration } from '@soundbite/model';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CutEvent, cutRelease } from './cut.ts';
import { inputsDigest } from './inputs.ts';
import { usualCaches } from './npm-cache.ts';
import { releaseStore } from './store.ts';
import { temporary } from './testing.ts';
import { cutKilled } from './testing-killed.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const place = temporary();
afterAll(place.remove);

/** The last commit of this repository, as it was when these tests began, somewhere else, with this one's packages. */
function clone(name: string, from = base): string {
  const directory = join(place.directory, name);
  execFileSync('git', ['clone', '--quiet', '--no-local', '--depth=1', `file://${from}`, directory], {
    stdio: 'pipe',
  });
  for (const workspace of ['', 'apps/service'])
    symlinkSync(join(repository, workspace, 'node_modules'), join(directory, workspace, 'node_modules'));
  return directory;
}
const base = clone('base', repository);
/** Changes the first place in a file that reads so; there must be one. */
function edit(source: string, path: string, from: string, to: string): void {
  const text = readFileSync(join(source, path), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(source, path), text.replace(from, to));
}
const storeOf = (name: string) => join(place.directory, 'stores', name);
const read = (release: string, path: string) => readFileSync(join(release, path), 'utf8');
const hidden = (store: string) => readdirSync(store).filter((name) => name.startsWith('.'));

/** What the last commit was cut into, by the first of these tests. */
let release: Digest;

describe('a cut of the last commit', () => {
  const store = storeOf('one');
  let source: string;
  let path: string;

  beforeAll(async () => {
    source = clone('one');
    await cutKilled({ step: 'synthesis', after: 5, source, store, place: place.directory });
    expect(await releaseStore(store).list()).toEqual([]);
    expect(hidden(store).length).toBeGreaterThan(0);
    const cut = await cutRelease({ source, store });
    ({ path, release } = cut);
    expect(cut).toMatchObject({ created: true, dirty: false });
  });

  it('is named by its manifest, is read-only and verifies', async () => {
    expect(release).toBe(digestOf(readFileSync(join(path, 'manifest.json'))));
    expect(path).toBe(join(store, release.slice(7)));
    for (const file of ['service.zip', 'manifest.json', 'assembly/staging/manifest.json']) {
      expect(statSync(join(path, file)).mode & 0o777).toBe(0o444);
    }
    expect(statSync(join(path, 'assembly')).mode & 0o777).toBe(0o555);
    expect(await releaseStore(store).verify(release)).toMatchObject({ digest: release });
  });

  it('clears up what one left that was killed while its service was listed, proven and synthesised', async () => {
    // The orphan of a killed cut may write until its next pause.
    await vi.waitFor(async () => {
      await (await releaseStore(store).scratch(release, 'staging')).remove();
      expect(readdirSync(store)).toEqual([release.slice(7)]);
    }, 10_000);
  });

  it('has the same digest elsewhere, on another clock, with overrides, with another home and another deliverer', async () => {
    const other = clone('a place with spaces/and depth');
    edit(other, 'packages/model/src/names.ts', '-controller`', '-pilot`');
    writeFileSync(
      join(other, 'environments.local.yaml'),
      'environments: { staging: { cloud: { kind: emulated, account: "999999999999", region: eu-central-1 } } }\n',
    );
    const script = join(place.directory, 'cut.ts');
    const index = JSON.stringify(new URL('./cut.ts', import.meta.url).href);
    writeFileSync(
      script,
      `const { cutRelease } = await import(${index});
       const [source, store] = process.argv.slice(2);
       console.log(JSON.stringify(await cutRelease({ source, store })));`,
    );
    const home = join(place.directory, 'home');
    const temporaries = join(place.directory, 'tmp');
    mkdirSync(home);
    mkdirSync(temporaries);
    const env = {
      PATH: process.env.PATH,
      HOME: home,
      // The archives that prove the packages lie in npm's cache, wherever HOME is.
      npm_config_cache: usualCaches()[0],
      TMPDIR: temporaries,
      TZ: 'Pacific/Kiritimati',
      LANG: 'de_DE.UTF-8',
      SOUNDBITE_CLOUD_STAGING: '{}',
      AWS_REGION: 'eu-west-1',
      CDK_DEFAULT_ACCOUNT: '888888888888',
    };
    const cut = await promisify(execFile)(process.execPath, [script, other, storeOf('elsewhere')], { env });
    expect(JSON.parse(cut.stdout)).toMatchObject({ release, created: true, dirty: false });
  });

  it('is not made twice', async () => {
    const steps: CutEvent[] = [];
    const again = await cutRelease({ source, store, emit: (event) => steps.push(event) });
    expect(again).toEqual({ release, path, commit: again.commit, dirty: false, uncommitted: [], created: false });
    expect(steps.map(({ step, state }) => `${step} ${state}`)).toEqual(['inputs started', 'inputs finished']);
    expect(hidden(store)).toEqual([]);
  });

  it('says where it came from, without a clock', async () => {
    const provenance = JSON.parse(read(path, 'provenance.json'));
    const commit = execFileSync('git', ['-C', source, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
    expect(provenance).toMatchObject({ commit, dirty: false, inputs: await inputsDigest(source) });
    expect(provenance.tools).toMatchObject({
      esbuild: '0.28.2',
      'aws-cdk-lib': '2.276.0',
      node: '24.21.0',
    });
    expect(provenance.files.map(({ path: file }: { path: string }) => file)).toContain('apps/service/src/main.ts');
  });

  it('holds the settings of every environment, as they were declared', () => {
    const parsed = parseDeclaration((file) => readFileSync(join(source, file), 'utf8'));
    if (!parsed.ok) throw new Error('the declaration is wrong');
    for (const { name, settings } of parsed.declaration.environments) {
      expect(JSON.parse(read(path, `settings/${name}.json`))).toEqual(settings);
    }
    expect(JSON.parse(read(path, 'manifest.json')).environments).toEqual(
      parsed.declaration.environments.map(({ name }) => name),
    );
  });

  it('lists what the service is made of, and not what it was developed with', () => {
    const bom = JSON.parse(read(path, 'sbom.cdx.json'));
    const names = bom.components.map(({ group, name }: { group?: string; name: string }) =>
      group ? `${group}/${name}` : name,
    );
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
    expect(names).toContain('hono');
    expect(names).toContain('@aws-sdk/client-sqs');
    for (const tool of ['vitest', 'aws-cdk-lib', '@aws-cdk/toolkit-lib', 'esbuild']) expect(names).not.toContain(tool);
  });

  it('holds the bundle once, where every assembly finds it', async () => {
    for (const name of ['staging', 'production']) {
      const scratch = await releaseStore(store).scratch(release, name);
      const assets = JSON.parse(read(scratch.directory, `soundbite-${name}.assets.json`));
      const paths = Object.values<{ source: { path: string } }>(assets.files).map((file) => file.source.path);
      expect(paths).toContain('../../service.zip');
      for (const file of paths) expect(statSync(join(scratch.directory, file)).size).toBeGreaterThan(0);
      await scratch.remove();
    }
    expect(readdirSync(join(path, 'assembly/staging')).filter((name) => name.endsWith('.zip'))).toEqual([]);
    // What is promised of the layer that containers share, of which the bundle is all.
    expect(statSync(join(path, 'service.zip')).size).toBeLessThan(15e6);
  });

  it('names no place of this machine', () => {
    const { files } = JSON.parse(read(path, 'manifest.json'));
    for (const { path: file } of files.filter((one: { path: string }) => one.path !== 'service.zip')) {
      expect(read(path, file)).not.toContain(place.directory);
      expect(read(path, file)).not.toContain(repository);
    }
  });

  it('is not taken for whole when somebody altered it: the same cut says so', async () => {
    const file = join(path, 'assembly/staging/manifest.json');
    const [before, { mode }] = [readFileSync(file), statSync(file)];
    chmodSync(file, 0o600);
    appendFileSync(file, ' ');
    await expect(cutRelease({ source, store })).rejects.toMatchObject({
      code: 'release-altered',
      path: 'assembly/staging/manifest.json',
    });
    writeFileSync(file, before);
    chmodSync(file, mode);
    expect(await cutRelease({ source, store })).toMatchObject({ release, created: false });
  });
});

describe('a modified copy', () => {
  it('gives another release, made of the copy alone: its service and its stacks', async () => {
    const source = clone('modified');
    edit(source, 'cdk/lib/names.ts', '-alarms`', '-bells`');
    edit(source, 'apps/service/src/main.ts', '\n', '\nconsole.debug("bells");\n');
    // A store that has the SBOM of the same packages need not list them anew.
    const { dirty, path } = await cutRelease({ source, store: storeOf('one') });
    expect(dirty).toBe(true);
    const digestIn = (text: string): string => JSON.parse(text).service.codeSha256;
    expect(digestIn(read(path, 'manifest.json'))).not.toBe(
      digestIn(read(join(storeOf('one'), release.slice(7)), 'manifest.json')),
    );
    expect(read(path, 'assembly/production/soundbite-production.template.json')).toContain(
      'soundbite-production-bells',
    );
  });

  it('whose stacks take a room of the deliverer is refused', async () => {
    const source = clone('knows its deliverer');
    const names = join(source, 'cdk/lib/names.ts');
    appendFileSync(names, "\nexport { awsNames } from '@soundbite/model';\n");
    await expect(cutRelease({ source, store: storeOf('one') })).rejects.toMatchObject({
      code: expect.stringMatching(/^(dependencies-differ|synthesis-failed)$/),
      message: expect.stringMatching(/node_modules\/@soundbite\/model/),
    });
  });

  it('with a service that does not parse is refused and leaves nothing', async () => {
    const source = clone('broken');
    edit(source, 'apps/service/src/main.ts', '\n', '\nexport const = 1;\n');
    const store = storeOf('broken');
    await expect(cutRelease({ source, store })).rejects.toMatchObject({
      code: 'bundle-failed',
      source: 'user',
      message: expect.stringMatching(/main\.ts/),
    });
    expect(readdirSync(store)).toEqual([]);
  });

  it('with a wrong declaration is refused before anything is made, naming the line', async () => {
    const source = clone('undeclared');
    edit(source, 'environments.yaml', 'seconds: 5', 'seconds: -5');
    await expect(cutRelease({ source, store: storeOf('undeclared') })).rejects.toMatchObject({
      code: 'declaration-invalid',
      message: expect.stringMatching(
        /^environments\.yaml:\d+ environments\[4\]\.gates\[\d+\]\.watch\.seconds: must be 0 or more seconds, not -5/,
      ),
    });
  });
});
