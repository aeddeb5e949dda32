import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, setChain } from './testing/chain.ts';
import type { CliStage } from './testing/stage.ts';

let stage: CliStage;
beforeEach(async () => {
  stage = await setChain();
});
afterEach(() => stage.close());

const documents = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('events', () => {
  it('shows what changes as it happens, until Ctrl-C, over a restart of the control plane', async () => {
    const running = stage.start('events');
    await running.saw('behind event');
    await stage.run('promote', 'production', '--no-wait');
    await running.saw('production ← aaaaaaaaaaaa running: verify  p-1');
    await stage.fake.stop();
    stage.fake.world.end('p-1', 'failed', 'too\nloud\u001b[2J');
    await stage.fake.start();
    await stage.announce();
    await running.saw('production ← aaaaaaaaaaaa failed: too loud\\x1b[2J  p-1');
    await stage.run('hold', 'staging', '--reason', 'outage');
    await running.saw('hold  staging');
    running.interrupt();
    const { exit, stdout, stderr } = await running.end;
    expect(exit).toBe(0);
    expect(stderr).toBe('behind event 0\nthe control plane went away; trying to reach it again\n');
    const numbers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => Number(line.split('  ')[1]));
    expect(numbers).toEqual(numbers.map((_number, index) => index + 1));
  });

  it('gives each as a document on one line with --json, behind a number, to what has happened', async () => {
    for (const reason of ['one', 'two', 'three']) await stage.run('hold', 'staging', '--reason', reason);
    const { exit, stdout, stderr } = await stage.run('events', '--after', '1', '--no-follow', '--json');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    const event = { at: expect.stringMatching(/Z$/), kind: 'hold', subject: 'staging', view: null };
    expect(documents(stdout)).toEqual([
      { kind: 'begun', sequence: 1, reset: false },
      { sequence: 2, ...event },
      { sequence: 3, ...event },
    ]);
    expect((await stage.run('events', '--after', '9', '--no-follow')).stderr).toContain('begins behind 3');
  });

  it.each(['-1', 'x', '1e3', ''])('refuses %j, which is no number of an event', async (after) => {
    const outcome = await stage.run('events', `--after=${after}`, '--json');
    expect({ exit: outcome.exit, code: json(outcome).error.code }).toEqual({ exit: 2, code: 'usage' });
  });
});
