import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
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
    expect(hidden(store)).toEqual([]);
  });

  it('has the same digest elsewhere, on another clock, with overrides and with another home; two cuts at once make one release', async () => {
    const other = clone('a place with spaces/and depth');
    writeFileSync(
      join(other, 'environments.local.yaml'),
      'environments: { staging: { cloud: { kind: emulated, account: "999999999999", region: eu-central-1 } } }\n',
    );
    const script = join(place.directory, 'cut.ts');
    const index = JSON.stringify(new URL('./index.ts', import.meta.url).href);
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
    const twins = storeOf('twins');
    const [child, here] = await Promise.all([
      promisify(execFile)(process.execPath, [script, other, twins], { env }),
      cutRelease({ source: other, store: twins }),
    ]);
    const cuts = [JSON.parse(child.stdout), here];
    expect(cuts.map((cut) => cut.release)).toEqual([release, release]);
    expect(cuts.map((cut) => cut.created).sort()).toEqual([false, true]);
    expect(readdirSync(twins)).toEqual([release.slice(7)]);
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
    const names = join(source, 'cdk/lib/names.ts');
    writeFileSync(names, readFileSync(names, 'utf8').replace('-alarms`', '-bells`'));
    const { dirty, path } = await cutRelease({ source, store: storeOf('modified') });
    expect(dirty).toBe(true);
    expect(read(path, 'assembly/production/soundbite-production.template.json')).toContain(
      'soundbite-production-bells',
    );
  });

  it('gives the same release where only the deliverer differs', async () => {
    const source = clone('another deliverer');
    const names = join(source, 'packages/model/src/names.ts');
    writeFileSync(names, readFileSync(names, 'utf8').replace('-alarms`', '-bells`'));
    const cut = await cutRelease({ source, store: storeOf('another deliverer') });
    expect(cut).toMatchObject({ created: true, dirty: false, release });
  });

  it('whose stacks take a room of the deliverer is refused', async () => {
    const source = clone('knows its deliverer');
    const names = join(source, 'cdk/lib/names.ts');
    appendFileSync(names, "\nexport { awsNames } from '@soundbite/model';\n");
    await expect(cutRelease({ source, store: storeOf('knows its deliverer') })).rejects.toMatchObject({
      code: expect.stringMatching(/^(dependencies-differ|synthesis-failed)$/),
      message: expect.stringMatching(/node_modules\/@soundbite\/model/),
    });
  });

  it.each<[string, string, string, RegExp]>([
    ['a service that does not parse', 'apps/service/src/main.ts', 'bundle-failed', /main\.ts/],
    ['stacks that do not synthesise', 'cdk/lib/data.ts', 'synthesis-failed', /data\.ts/],
  ])('with %s is refused and leaves nothing', async (name, file, code, message) => {
    const source = clone(`broken ${code}`);
    appendFileSync(join(source, file), '\nexport const = 1;\n');
    const store = storeOf(name);
    await expect(cutRelease({ source, store })).rejects.toMatchObject({
      code,
      source: 'user',
      message: expect.stringMatching(message),
    });
    expect(readdirSync(store)).toEqual([]);
  });

  it('with a wrong declaration is refused before anything is made, naming the line', async () => {
    const source = clone('undeclared');
    const file = join(source, 'environments.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('seconds: 5', 'seconds: -5'));
    await expect(cutRelease({ source, store: storeOf('undeclared') })).rejects.toMatchObject({
      code: 'declaration-invalid',
      message: expect.stringMatching(
        /^environments\.yaml:\d+ environments\[4\]\.gates\[2\]\.watch\.seconds: must be 0 or more seconds, not -5/,
      ),
    });
  });
});

describe('a cut that is killed', () => {
  it('leaves no half release at any step, and the next cut clears up', async () => {
    const [source, store] = [clone('killed'), storeOf('killed')];
    for (const step of ['synthesis', 'seal']) await cutKilledAt(step, source, store);
    expect(await releaseStore(store).list()).toEqual([]);
    expect(hidden(store).length).toBeGreaterThan(0);

    const { release, created } = await cutRelease({ source, store });
    expect(created).toBe(true);
    // The orphan of a killed cut may write until its next pause.
    await vi.waitFor(async () => {
      await (await releaseStore(store).scratch(release, 'staging')).remove();
      expect(readdirSync(store)).toEqual([release.slice(7)]);
    }, 10_000);
  });
});

/** It kills itself, so that it is this moment and no later one. */
async function cutKilledAt(step: string, source: string, store: string): Promise<void> {
  const script = join(place.directory, `killed-${step}.ts`);
  const index = JSON.stringify(new URL('./index.ts', import.meta.url).href);
  writeFileSync(
    script,
    `const { cutRelease } = await import(${index});
     const emit = ({ step, state }) => {
       if (step === ${JSON.stringify(step)} && state === 'started') setTimeout(() => process.kill(process.pid, 'SIGKILL'), 5);
     };
     await cutRelease({ source: ${JSON.stringify(source)}, store: ${JSON.stringify(store)}, emit });`,
  );
  const child = spawn(process.execPath, [script], { stdio: 'ignore' });
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
}
