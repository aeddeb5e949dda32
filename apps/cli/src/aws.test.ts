import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeWorld } from '@soundbite/client/testing/fake-world.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json } from './testing/chain.ts';
import { type CliStage, setStage } from './testing/stage.ts';

let bin: string;
let stage: CliStage;
beforeEach(async () => {
  bin = mkdtempSync(join(tmpdir(), 'soundbite-aws-'));
  stage = await setStage(makeWorld(), {
    env: {
      PATH: `${bin}:/usr/bin:/bin`,
      AWS_PROFILE: 'mine',
      AWS_ENDPOINT_URL_S3: 'https://else.example',
      NO_PROXY: 'intern.example',
    },
  });
});
afterEach(async () => {
  await stage.close();
  rmSync(bin, { recursive: true });
});

/** An AWS CLI that notes how it was called. */
const installAws = (exit: number) =>
  writeFileSync(
    join(bin, 'aws'),
    `#!/bin/sh\n{ printf '%s\\n' "$@"; env | grep -i -e ^AWS_ -e ^NO_PROXY | LC_ALL=C sort; } >'${bin}/called'\nexit ${exit}\n`,
    { mode: 0o755 },
  );

const variables = [
  'AWS_ACCESS_KEY_ID=AKIAEXAMPLE',
  'AWS_CONFIG_FILE=/dev/null',
  'AWS_DEFAULT_REGION=us-east-1',
  'AWS_ENDPOINT_URL=http://127.0.0.1:8110',
  'AWS_REGION=us-east-1',
  'AWS_SECRET_ACCESS_KEY=secret',
  'AWS_SHARED_CREDENTIALS_FILE=/dev/null',
  'NO_PROXY=intern.example,127.0.0.1',
  'no_proxy=intern.example,127.0.0.1',
];

describe('soundbite aws', () => {
  it('runs the AWS CLI in that account and in no other, also one that reads no endpoint from variables', async () => {
    installAws(0);
    expect(await stage.run('aws', 'staging', 's3', 'ls', '--recursive')).toEqual({ exit: 0, stdout: '', stderr: '' });
    expect(readFileSync(join(bin, 'called'), 'utf8').trim().split('\n')).toEqual([
      '--endpoint-url',
      'http://127.0.0.1:8110',
      's3',
      'ls',
      '--recursive',
      ...variables,
    ]);
  });

  it('ends with its exit code', async () => {
    installAws(254);
    expect(await stage.run('aws', 'staging', 'sts', 'nonsense')).toMatchObject({ exit: 254 });
  });

  it('without arguments prints the variables for any other tool', async () => {
    const { exit, stdout } = await stage.run('aws', 'staging');
    expect(exit).toBe(0);
    const [unset, ...exports] = stdout.trim().split('\n');
    expect(unset).toBe('unset AWS_ENDPOINT_URL_S3 AWS_PROFILE');
    expect(exports.sort()).toEqual(variables.map((line) => `export ${line.replace('=', "='")}'`));
    const { variables: said } = json(await stage.run('aws', 'staging', '--json'));
    expect(
      Object.entries(said)
        .map((pair) => pair.join('='))
        .sort(),
    ).toEqual(variables);
  });

  it('asks AWS itself for a real account, whatever endpoint a profile of the user’s names', async () => {
    const world = makeWorld();
    const access = { account: '123456789012', region: 'eu-central-1', kind: 'real' as const, endpoint: null };
    const credentials = {
      accessKeyId: 'ASIAEXAMPLE',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiration: null,
    };
    stage = await setStage(
      Object.assign(world, { access: () => ({ environment: 'production', ...access, credentials }) }),
      {
        env: { PATH: `${bin}:/usr/bin:/bin`, AWS_ENDPOINT_URL: 'http://localhost:4566', AWS_USE_FIPS_ENDPOINT: 'true' },
      },
    );
    installAws(0);
    expect(await stage.run('aws', 'production', 's3', 'ls')).toMatchObject({ exit: 0 });
    const called = readFileSync(join(bin, 'called'), 'utf8').trim().split('\n');
    expect(called).toContain('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true');
    expect(called).toContain('AWS_USE_FIPS_ENDPOINT=true');
    expect(called.filter((line) => line.includes('4566') || line === '--endpoint-url')).toEqual([]);
  });

  it('goes past the proxy to the address at which a house is published', async () => {
    const world = makeWorld();
    const access = { ...world.access('staging'), endpoint: 'http://127.0.0.2:8113' };
    stage = await setStage(Object.assign(world, { access: () => access }), { env: { NO_PROXY: 'intern.example' } });
    const { variables: said } = json(await stage.run('aws', 'staging', '--json'));
    expect(said).toMatchObject({ AWS_ENDPOINT_URL: access.endpoint, NO_PROXY: 'intern.example,127.0.0.2' });
  });

  it('says how to install it where there is none', async () => {
    stage = await setStage(makeWorld(), { env: { PATH: bin } });
    expect(await stage.run('aws', 'staging', 'sts', 'get-caller-identity')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('pip install awscli'),
    });
  });
});
