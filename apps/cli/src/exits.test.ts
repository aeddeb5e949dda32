import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ErrorCode, errorCodes, SoundBiteError } from '@soundbite/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from './catalogue.ts';
import { exitOfError } from './exits.ts';
import { a, json, setChain } from './testing/chain.ts';
import { type CliStage, setStage } from './testing/stage.ts';

/** Each command as it asks the control plane for something. */
const asking: readonly (readonly string[])[] = [
  ['status'],
  ['deploy'],
  ['plan', 'staging'],
  ['plan', 'staging', 'production'],
  ['promote', 'staging'],
  ['promote', '--through', 'staging'],
  ['rollback', 'staging'],
  ['abort', 'staging'],
  ['repair', 'staging'],
  ['validate', 'staging'],
  ['validate', 'staging', 'production'],
  ['health'],
  ['traffic'],
  ['traffic', 'staging'],
  ['logs', 'staging'],
  ['logs'],
  ['open'],
  ['open', 'staging'],
  ['bootstrap', 'staging'],
  ['adopt', 'staging', '--yes'],
  ['handback', 'staging', '--yes'],
  ['destroy', 'staging', '--yes'],
  ['takeover', 'staging', '--yes', '--reason', 'it is gone'],
  ['aws', 'staging'],
  ['release', 'cut'],
  ['release', 'list'],
  ['release', 'show', a],
  ['release', 'verify', a],
  ['release', 'image', 'staging'],
  ['release', 'push', a],
  ['release', 'remove', a, '--yes'],
  ['evidence', 'add', a, 'tests', '--file', 'package.json'],
  ['evidence', 'list', a],
  ['evidence', 'show', 'e-1'],
  ['freeze', 'add', 'staging', '--until', '2h', '--reason', 'night'],
  ['hold', 'staging', '--reason', 'outage'],
  ['resume', 'staging'],
  ['taint', 'list'],
  ['taint', 'accept', 'staging', '--reason', 'meant'],
  ['block', a, '--reason', 'bad'],
  ['unblock', a],
  ['freeze', 'list'],
  ['freeze', 'remove', 'f-1'],
  ['token', 'create', 'ci', '--role', 'viewer'],
  ['token', 'list'],
  ['token', 'revoke', 'ci'],
  ['audit'],
  ['approve', 'p-1'],
  ['why', 'staging'],
  ['diff', 'staging', 'production'],
  ['reject', 'p-1'],
  ['env', 'show'],
  ['history'],
  ['history', 'staging'],
  ['history', '--ledger'],
  ['history', '6f1ed002-ab55-4a2d-9b6c-3c2f0d8f7a10'],
  ['events'],
  ['demo'],
  ['dev', 'dev-localstack'],
];

/** Commands that ask nothing of it, doctor, for which every error is a finding, and up, which starts it first (host.test.ts). */
const others = new Set(['up', 'down', 'database move', 'env list', 'inspect', 'init', 'completion', 'doctor']);

const codes: readonly ErrorCode[] = ['declaration-invalid', 'environment-busy', 'fence-foreign', 'edge-down'];

describe('the exit code of an error that the control plane tells of', () => {
  let stage: CliStage;
  beforeAll(async () => {
    stage = await setChain();
  });
  afterAll(() => stage.close());

  it('is asked of every command', () => {
    const asked = asking.flatMap(([first, second]) => [first, `${first} ${second}`]);
    const left = catalogue.map(({ name }) => name).filter((name) => !asked.includes(name) && !others.has(name));
    expect(left).toEqual([]);
  });

  it.each(asking)('%s %s %s ends by the row of its code', async (...words) => {
    for (const code of codes) {
      stage.fake.world.refusal = new SoundBiteError(code, 'it is so', { hint: 'do this' });
      const outcome = await stage.run(...words.filter((word) => word !== undefined));
      expect({ code, words, exit: outcome.exit }).toEqual({ code, words, exit: errorCodes[code].exit });
    }
  });

  it('is that of each code, and of what another version says', async () => {
    for (const [code, { exit }] of Object.entries(errorCodes)) {
      stage.fake.world.refusal = new SoundBiteError(code as ErrorCode, 'it is so', { hint: 'do this' });
      const outcome = await stage.run('history', '--json');
      expect({ code: json(outcome).error.code, exit: outcome.exit }).toEqual({ code, exit });
    }
    stage.fake.world.refusal = new SoundBiteError('of-another-version' as ErrorCode, 'it is so', { hint: 'do this' });
    const outcome = await stage.run('history', '--json');
    expect({ code: json(outcome).error.code, exit: outcome.exit }).toEqual({ code: 'of-another-version', exit: 3 });
  });
});

describe('the exit code of a wrong declaration and of an unknown name', () => {
  let stage: CliStage;
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'soundbite-root-'));
    await writeFile(join(root, 'package.json'), '{"version":"1.0.0"}');
    await writeFile(join(root, 'environments.yaml'), 'version: 1\nenvironments: [\n');
    stage = await setStage(undefined, { root });
  });
  afterAll(async () => {
    await stage.close();
    await rm(root, { recursive: true });
  });

  const reading = [
    'up',
    'deploy',
    'plan staging',
    'validate staging',
    'logs staging',
    'open staging',
    'env list',
    'env show',
    'destroy staging',
    'takeover staging',
  ];
  it.each(reading)('%s reads a wrong declaration: 2', async (words) => {
    const outcome = await stage.run(...words.split(' '), '--json');
    expect(outcome.exit).toBe(2);
    expect(json(outcome).error.code).toBe('declaration-invalid');
  });
});

describe('an environment that is not declared', () => {
  let stage: CliStage;
  beforeAll(async () => {
    stage = await setChain();
  });
  afterAll(() => stage.close());

  const naming = catalogue.filter(({ args }) => args?.includes('environment')).map(({ name }) => name);
  const more: Readonly<Record<string, readonly string[]>> = {
    takeover: ['--reason', 'x', '--yes'],
    destroy: ['--yes'],
    hold: ['--reason', 'x'],
    'taint accept': ['--reason', 'x'],
    diff: ['production'],
    'freeze add': ['--until', '2h', '--reason', 'x'],
  };
  it.each(naming.filter((name) => !['abort', 'approve', 'reject'].includes(name)))('%s nowhere: 2', async (name) => {
    const outcome = await stage.run(...name.split(' '), 'nowhere', ...(more[name] ?? []), '--json');
    expect({ exit: outcome.exit, code: json(outcome).error.code }).toEqual({ exit: 2, code: 'environment-unknown' });
  });
});

it('an error that blames a release, but was caused by what AWS throttled, is the machinery’s', () => {
  const cause = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException', $metadata: {} });
  expect(exitOfError(new SoundBiteError('invoke-late', 'it is late'))).toBe(1);
  expect(exitOfError(new SoundBiteError('invoke-late', 'it is late', { cause }))).toBe(3);
  expect(exitOfError(new Error('odd'))).toBe(3);
});
