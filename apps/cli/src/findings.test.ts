import { makeWorld } from '@soundbite/client/testing/fake-world.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, setChain } from './testing/chain.ts';
import { type CliStage, setStage } from './testing/stage.ts';

let stage: CliStage;
beforeEach(async () => {
  stage = await setChain();
});
afterEach(() => stage.close());

describe('findings', () => {
  it('that are all well exit with 0', async () => {
    expect(await stage.run('validate', 'staging')).toEqual({
      exit: 0,
      stdout: 'ok   account  000000000003\n',
      stderr: '',
    });
    expect(await stage.run('health', 'staging')).toMatchObject({ exit: 0 });
  });

  it('that are not exit with 1 and name the next command', async () => {
    stage.fake.world.findings = [
      { name: 'digest', ok: false, detail: 'another one runs', hint: 'soundbite promote staging' },
    ];
    stage.fake.world.setState('staging', 'degraded');
    expect(await stage.run('validate', 'staging')).toEqual({
      exit: 1,
      stdout: 'BAD  digest  another one runs\n             → soundbite promote staging\n',
      stderr: '',
    });
    expect(await stage.run('health')).toMatchObject({ exit: 1 });
    expect(await stage.run('health', 'production')).toMatchObject({ exit: 0 });
  });

  it('of the doctor begin with this machine, and need no control plane for it', async () => {
    const well = json(await stage.run('doctor', '--json'));
    // Where this home stands on another disk, that one is named, too.
    const isOther = /^disk of (the state|temporary files)$/;
    const names = well.findings.map(({ name }: { name: string }) => name);
    expect(names.filter((name: string) => !isOther.test(name))).toEqual([
      'node',
      'git',
      'environments.yaml',
      'state',
      'disk of the repository',
      'database',
      'postgres',
    ]);
    expect((await stage.run('doctor')).stdout).toBe(
      `${names.length} things were checked and are well; --verbose names them\n`,
    );
    expect((await stage.run('doctor', '--verbose')).stdout).toContain('ok   postgres');
    await stage.fake.stop();
    const alone = await stage.run('doctor');
    expect(alone.exit).toBe(1);
    expect(alone.stdout).toMatch(/^BAD {2}control plane .*\n +→ \.\/scripts\/soundbite\.sh up\n\d things were checked/);
  });
});

it.each([
  [['abort', 'staging'], 'nothing-to-abort', 1],
  [['repair', 'staging'], 'nothing-to-repair', 1],
  [['open', 'staging'], 'no-url', 1],
  [['destroy', 'staging'], 'confirmation-missing', 2],
] as const)('%j of an empty environment is refused as %s', async (words, code, exit) => {
  const empty = await setStage(makeWorld({}));
  const { status: statusOf } = empty.fake.world;
  empty.fake.world.status = (chosen) => {
    const status = statusOf(chosen);
    return { ...status, environments: status.environments.map((one) => ({ ...one, url: null })) };
  };
  const outcome = await empty.run(...words, '--json');
  await empty.close();
  expect(outcome.exit).toBe(exit);
  expect(json(outcome).error).toMatchObject({ code, hint: expect.stringContaining('soundbite ') });
});
