import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeWorld } from '@soundbite/client/testing/fake-world.ts';
import { SoundBiteError } from '@soundbite/model';
import { homePlace } from '@soundbite/model/home-mark.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeDigest } from './code-digest.ts';
import { type CliStage, repositoryRoot, setStage } from './testing/stage.ts';

/** `up`, `down` and `--standalone` with stubs for the programs that they start: the host and the control plane. */

let root: string;
let stage: CliStage;

const put = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

/** What the stub of the host was started with, last. */
const seen = () => JSON.parse(readFileSync(join(root, 'seen.json'), 'utf8'));

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'soundbite-root-'));
  put('package.json', '{"version":"0.1.0"}');
  put('package-lock.json', '{}');
  for (const file of ['environments.yaml', 'service.yaml', 'apps/service/settings.schema.json'])
    put(file, readFileSync(join(repositoryRoot, file), 'utf8'));
  put(
    'packages/processes/src/host-main.ts',
    `import { readFileSync, writeFileSync } from 'node:fs';
     const args = process.argv.slice(2);
     const initial = args[args.indexOf('--initial') + 1];
     const spec = args.includes('--initial') ? JSON.parse(readFileSync(initial, 'utf8')) : null;
     writeFileSync(${JSON.stringify(join(root, 'seen.json'))}, JSON.stringify({ args, env: process.env, spec }));
     console.log(JSON.stringify({ url: 'http://x', token: 't', pid: 1, initial: { pid: ${process.pid} } }));`,
  );
  put('apps/control-plane/src/preflight-main.ts', `console.log('{"detail":"it answers","remark":null}');`);
  stage = await setStage(makeWorld(), {
    root,
    env: { PATH: '/strange/bin', SECRET: 's', DATABASE_URL: 'postgres://db' },
  });
});
afterEach(async () => {
  await stage.close();
  rmSync(root, { recursive: true });
});

describe('up', () => {
  it('starts the host with the control plane, says its progress, and ends with the status', async () => {
    const { exit, stdout, stderr } = await stage.run('up');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(
      stdout
        .replace(/^ +\d+\.\d s/gm, 'N s')
        .split('\n')
        .slice(0, 5),
    ).toEqual([
      'N s  the control plane runs',
      'N s  postgres runs',
      'N s  five environments are healthy',
      '',
      'environment       state  release  runtime  cloud                            url',
    ]);
    // Its last line lets a browser in; for programs there is none.
    expect(stage.fake.requests).toEqual(['POST /v1/up', 'POST /v1/page/link']);
    const last = stdout.trimEnd().split('\n').at(-1) ?? '';
    expect(last).toMatch(
      /^see it: http:\/\/127\.0\.0\.1:\d+\/enter\/\S{43} \(works once, for five minutes; another: soundbite open\)$/,
    );
    expect((await stage.run('up', '--json')).stdout).not.toContain('/enter/');
  });

  it('says how to ask for the page where it is given no link', async () => {
    stage.fake.world.linkRefusal = new SoundBiteError('database-down', 'away');
    const { exit, stdout } = await stage.run('up');
    expect([exit, stdout.trimEnd().split('\n').at(-1)]).toEqual([0, 'see it: soundbite open']);
  });

  it('tells the control plane which environments were named, each once', async () => {
    expect(await stage.run('up', 'staging', 'dev-aws', 'staging')).toMatchObject({ exit: 0 });
    await stage.run('up');
    expect(stage.fake.world.upAsked).toEqual([['staging', 'dev-aws'], []]);
  });

  it('starts nothing for a name that is none', async () => {
    expect(await stage.run('up', 'prodction')).toEqual({
      exit: 2,
      stdout: '',
      stderr: 'error: no environment named "prodction" is declared\n    → did you mean production?\n',
    });
    expect(() => seen()).toThrow('ENOENT');
  });

  it('ends with 1 when an environment on the way is not well', async () => {
    stage.fake.world.upStopped = 'dev-aws is down, so nothing is promoted into staging';
    expect(await stage.run('up', 'staging')).toMatchObject({ exit: 1 });
  });

  it('prints the status with --json, and its progress on standard error', async () => {
    const { stdout, stderr } = await stage.run('up', '--json', '--no-promote');
    expect(JSON.parse(stdout)).toEqual(stage.fake.world.status());
    expect(stderr).toContain('five environments are healthy\n');
  });

  describe('where a control plane is already running', () => {
    const preflightRan = () => existsSync(join(root, 'preflight-ran'));
    let lock: Server;
    let env: Record<string, string>;
    let holder: number;
    beforeEach(async () => {
      await stage.close();
      env = { PATH: '/bin' };
      holder = process.pid;
      stage = await setStage(makeWorld(), { root, env });
      put(
        'apps/control-plane/src/preflight-main.ts',
        `import { writeFileSync } from 'node:fs';
         writeFileSync(${JSON.stringify(join(root, 'preflight-ran'))}, '');
         console.log('{"detail":"it answers","remark":null}');`,
      );
      writeFileSync(join(stage.home, 'postgres.password'), 'secret');
      const { dev, ino } = statSync(stage.home, { bigint: true });
      lock = createServer((socket) => socket.end(JSON.stringify({ pid: holder, standalone: false })));
      lock.listen(`\0soundbite-control-plane-${dev}-${ino}`);
      await once(lock, 'listening');
    });
    afterEach(() => lock.close());
    const announced = (more: object) => {
      const address = { url: stage.fake.url, token: stage.fake.token, pid: process.pid, ...more };
      writeFileSync(join(stage.home, 'control-plane.json'), JSON.stringify(address));
    };

    it('with this very code on the home’s own database, no process asks the database once more', async () => {
      announced({ code: await codeDigest(root), ownDatabase: true });
      expect(await stage.run('up')).toMatchObject({ exit: 0 });
      expect(preflightRan()).toBe(false);
    });

    it.each([
      ['SOUNDBITE_RELEASE_STORE', 'team'],
      ['SOUNDBITE_DEV_SILENCE', 'long'],
    ])('with a wrong %s nothing is started or replaced', async (name, text) => {
      announced({ code: await codeDigest(root), ownDatabase: true });
      env[name] = text;
      expect(await stage.run('up')).toMatchObject({ exit: 2, stderr: expect.stringContaining(name) });
      expect(() => seen()).toThrow('ENOENT');
    });

    it.each([
      ['other code', { code: '0123456789abcdef', ownDatabase: true }],
      ['a team’s database', { ownDatabase: false }],
      ['a version that does not say so', { code: undefined, ownDatabase: undefined }],
    ])('with %s it is asked', async (_name, address) => {
      announced({ code: await codeDigest(root), ...address });
      expect(await stage.run('up')).toMatchObject({ exit: 0 });
      expect(preflightRan()).toBe(true);
    });

    it('that is another one than its file says, it is asked', async () => {
      announced({ code: await codeDigest(root), ownDatabase: true });
      holder = 1;
      expect(await stage.run('up')).toMatchObject({ exit: 0 });
      expect(preflightRan()).toBe(true);
    });

    it('and DATABASE_URL names another one now, it is asked', async () => {
      announced({ code: await codeDigest(root), ownDatabase: true });
      env.DATABASE_URL = 'postgres://db';
      expect(await stage.run('up')).toMatchObject({ exit: 0 });
      expect(preflightRan()).toBe(true);
    });
  });

  it('tells them where npm finds packages: a cut proves what it bundles by npm’s archives', async () => {
    await stage.close();
    const said = {
      npm_config_cache: '/ci/cache',
      NPM_CONFIG_REGISTRY: 'http://mirror.example',
      npm_config_cafile: '/ci/ca.pem',
      HTTPS_PROXY: 'http://proxy.example',
      no_proxy: 'own.example',
    };
    const unsaid = {
      npm_config_user_agent: 'npm',
      npm_config_omit: 'dev',
      'npm_config_//mirror.example/:_authToken': 't',
    };
    stage = await setStage(makeWorld(), { root, env: { PATH: '/bin', ...said, ...unsaid } });
    await stage.run('up');
    expect(seen().spec.env).toMatchObject(said);
    for (const name of Object.keys(unsaid)) expect(seen().spec.env).not.toHaveProperty([name]);
  });

  it('gives its processes an environment of their own, and a home that nobody else may read', async () => {
    await stage.run('up');
    const { args, env, spec } = seen();
    expect(args).toEqual([
      '--home',
      stage.home,
      '--initial',
      join(stage.home, `control-plane.spec.${process.pid}.json`),
    ]);
    expect(Object.keys(env).sort()).toEqual(
      Object.keys(spec.env)
        .filter((name) => !['PORT', 'SOUNDBITE_CODE'].includes(name))
        .sort(),
    );
    expect(spec).toEqual({
      name: 'control-plane',
      command: process.execPath,
      args: ['--max-semi-space-size=4', join(root, 'apps/control-plane/src/main.ts')],
      cwd: root,
      env: {
        PATH: expect.stringMatching(new RegExp(`^${root}/node_modules/\\.bin:/usr/local/sbin:`)),
        HOME: expect.any(String),
        LANG: 'C.UTF-8',
        NODE_COMPILE_CACHE: join(stage.home, 'compiled'),
        MALLOC_MMAP_THRESHOLD_: '1048576',
        MALLOC_ARENA_MAX: '2',
        DATABASE_URL: 'postgres://db',
        SOUNDBITE_HOME: stage.home,
        SOUNDBITE_ROOT: root,
        SOUNDBITE_INSTALLATION: root,
        SOUNDBITE_PYTHON: join(root, '.venv/bin/python'),
        PORT: '{port}',
        SOUNDBITE_CODE: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
      port: 8100,
      health: { url: 'http://127.0.0.1:{port}/health', withinMs: 120_000 },
      restart: 'always',
    });
    expect(statSync(stage.home).mode & 0o077).toBe(0);
  });

  it('asks for the same control plane again unless its code changed', async () => {
    await stage.run('up');
    const first = seen().spec;
    await stage.run('up');
    expect(seen().spec).toEqual(first);
    put('packages/engine/src/engine.ts', 'export {};');
    await stage.run('up');
    expect(seen().spec.env.SOUNDBITE_CODE).not.toBe(first.env.SOUNDBITE_CODE);
    const second = seen().spec;
    put('packages/engine/src/engine.test.ts', 'export {};');
    await stage.run('up');
    expect(seen().spec).toEqual(second);
  });

  it("ends with the failed promotion's exit code", async () => {
    const { world } = stage.fake;
    const { release } = world.cut();
    const { promotion } = world.promote({
      environment: 'dev-localstack',
      kind: 'promote',
      release,
      override: false,
      allowRemovals: [],
      actor: 'up',
    });
    world.end(promotion, 'failed', 'smoke: silence');
    expect(await stage.run('up')).toMatchObject({ exit: 1 });
    expect(await stage.run('up', '--no-promote')).toMatchObject({ exit: 0 });
  });

  it('passes on what went wrong on the way', async () => {
    stage.fake.world.upError = new SoundBiteError('snapshot-failed', 'account 000000000003 does not start', {
      hint: 'soundbite doctor',
    });
    const { exit, stderr } = await stage.run('up');
    expect({ exit, stderr }).toEqual({
      exit: 3,
      stderr: 'error: account 000000000003 does not start\n    → soundbite doctor\n',
    });
  });

  it('passes on why the host could not start', async () => {
    put(
      'packages/processes/src/host-main.ts',
      `console.error(JSON.stringify({ error: { code: 'process-unhealthy', message: 'postgres ended', hint: 'soundbite doctor' } })); process.exitCode = 3;`,
    );
    const outcome = await stage.run('up', '--json');
    expect(outcome.exit).toBe(3);
    expect(JSON.parse(outcome.stdout)).toEqual({
      error: { code: 'process-unhealthy', message: 'postgres ended', hint: 'soundbite doctor' },
    });
  });

  it('touches nothing when the declaration is wrong', async () => {
    put('environments.yaml', 'version: 1\n');
    expect(await stage.run('up')).toMatchObject({ exit: 2 });
    expect(() => seen()).toThrow('ENOENT');
    expect(stage.fake.requests).toEqual([]);
  });
});

describe('down', () => {
  it('asks the host to end everything', async () => {
    expect(await stage.run('down', '--json')).toMatchObject({
      exit: 0,
      stdout: '{\n  "stopped": true,\n  "purged": false\n}\n',
    });
    expect(seen().args).toEqual(['--home', stage.home, '--down']);
    await stage.run('down', '--purge');
    expect(seen().args).toEqual(['--home', stage.home, '--down', '--purge']);
  });

  it('ends the containers of a home that has any, by its identity, before its state goes', async () => {
    put(
      'packages/containers/src/down-main.ts',
      `import { writeFileSync } from 'node:fs';
       writeFileSync(${JSON.stringify(join(root, 'ended.json'))}, JSON.stringify(process.argv.slice(2)));`,
    );
    const id = 'a'.repeat(32);
    const place = homePlace(
      statSync(stage.home, { bigint: true }),
      readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    );
    writeFileSync(join(stage.home, 'home.json'), JSON.stringify({ id, path: stage.home, place }));
    const version = join(stage.home, 'versions', '0'.repeat(64));
    mkdirSync(version, { recursive: true });
    writeFileSync(join(version, 'staging.json'), '{"token":"t"}');
    expect((await stage.run('down')).exit).toBe(0);
    expect(existsSync(join(root, 'ended.json'))).toBe(false);
    writeFileSync(join(version, 'staging.json'), '{"token":"t","image":"sha256:1"}');
    expect((await stage.run('down', '--purge')).exit).toBe(0);
    expect(JSON.parse(readFileSync(join(root, 'ended.json'), 'utf8'))).toEqual([id]);
    expect(seen().args).toEqual(['--home', stage.home, '--down', '--purge']);
  });
});

describe('--standalone', () => {
  const address = () => JSON.stringify({ url: stage.fake.url, token: stage.fake.token });

  it('starts a control plane for one command, and ends it after', async () => {
    put(
      'apps/control-plane/src/main.ts',
      `import { rmSync, writeFileSync } from 'node:fs';
       const { SOUNDBITE_HOME, SOUNDBITE_STANDALONE, PORT, SECRET } = process.env;
       const file = SOUNDBITE_HOME + '/control-plane.json';
       writeFileSync(${JSON.stringify(join(root, 'seen.json'))}, JSON.stringify({ SOUNDBITE_STANDALONE, PORT, SECRET }));
       writeFileSync(file, JSON.stringify({ ...${address()}, pid: process.pid }));
       process.on('SIGTERM', () => { rmSync(file); process.exit(); });
       setInterval(() => {}, 1000);`,
    );
    rmSync(join(stage.home, 'control-plane.json'));
    expect(await stage.run('--standalone', 'status', '--json')).toMatchObject({ exit: 0 });
    expect(seen()).toEqual({ SOUNDBITE_STANDALONE: 'true', PORT: '0' });
    expect(() => statSync(join(stage.home, 'control-plane.json'))).toThrow('ENOENT');
  });

  it('is refused while one runs', async () => {
    const { exit, stderr } = await stage.run('--standalone', 'status');
    expect({ exit, stderr }).toEqual({
      exit: 1,
      stderr: `error: a control plane is already running at ${stage.fake.url}\n    → drop --standalone, or run first: soundbite down\n`,
    });
  });

  it('says where to look when the control plane does not start', async () => {
    put('apps/control-plane/src/main.ts', 'process.exitCode = 3;');
    rmSync(join(stage.home, 'control-plane.json'));
    const { exit, stderr } = await stage.run('--standalone', 'status');
    expect({ exit, stderr }).toEqual({
      exit: 3,
      stderr: `error: the control plane of --standalone did not start\n    → see the end of ${stage.home}/logs/standalone.log\n`,
    });
  });
});
