import { afterEach, beforeEach, expect, it } from 'vitest';
import { json, setChain } from './testing/chain.ts';
import type { CliStage } from './testing/stage.ts';

let stage: CliStage;
beforeEach(async () => {
  stage = await setChain();
});
afterEach(() => stage.close());

it('one that is declared otherwise than on record says so before anything is done, to people and to scripts', async () => {
  const other = {
    by: 'ana',
    host: 'desk',
    at: '2026-11-26T12:00:00.000Z',
    differs: [{ path: 'gates.watch.seconds', recorded: 5, here: 2 }],
  };
  stage.fake.world.declaredOtherwise.set('staging', other);
  const said =
    'declared differently here than by ana on desk at 2026-11-26T12:00:00.000Z: gates.watch.seconds (2 instead of 5)';
  for (const words of [['status'], ['plan', 'staging'], ['doctor'], ['validate', 'staging']]) {
    const { stdout } = await stage.run(...words);
    expect(stdout).toContain(`${said}; the recorded one counts until a promotion from here begins`);
    expect(stdout).toContain('→ to apply this one: soundbite promote staging');
  }
  const { environments } = json(await stage.run('status', '--json'));
  expect(environments.map((one: { declaredOtherwise: unknown }) => one.declaredOtherwise)).toEqual([
    ...[null, null, null],
    other,
    null,
  ]);
  expect(json(await stage.run('plan', 'staging', '--json'))).toMatchObject({ declaredOtherwise: other });
  for (const command of ['doctor', 'validate']) expect((await stage.run(command, 'staging')).exit).toBe(1);
  expect((await stage.run('status')).exit).toBe(0);
});

it('a home that is gone is named by status, and what is recorded of it is forgotten for a reason', async () => {
  const home = { home: '1a2b3c4d'.repeat(4), host: 'ana', environments: ['dev-aws'], unfinished: ['p-9'] };
  stage.fake.world.away.push(home);
  expect((await stage.run('status')).stdout).toContain(
    'home 1a2b3c4d on ana does not run: dev-aws, 1 promotion not ended; soundbite doctor --verbose',
  );
  expect(json(await stage.run('status', '--json')).away).toEqual([home]);
  const name = 'dev-aws@1a2b3c4d';
  expect(await stage.run('destroy', name, '--yes')).toMatchObject({ exit: 2 });
  expect(await stage.run('destroy', name, '--reason', 'gone')).toMatchObject({ exit: 2 });
  expect(await stage.run('destroy', name, '--reason', 'gone', '--yes')).toEqual({
    exit: 0,
    stdout: `the records of ${name} are removed\n`,
    stderr: '',
  });
  expect(stage.fake.world.ledger.at(-1)?.payload).toEqual({ actor: 'local', reason: 'gone' });
  expect(await stage.run('destroy', name, '--reason', 'gone', '--yes')).toMatchObject({ exit: 2 });
});
