import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, setChain } from './testing/chain.ts';
import type { CliStage } from './testing/stage.ts';
import { timeAhead } from './time-ahead.ts';

let stage: CliStage;
beforeEach(async () => {
  stage = await setChain();
});
afterEach(() => stage.close());

const freeze = (...more: string[]) =>
  stage.run('freeze', 'add', 'staging', '--until', '2h', '--reason', 'release night', ...more);

describe('freeze', () => {
  it('is added, listed, said by status, plan and a promotion, and removed', async () => {
    const added = json(await freeze('--json'));
    expect(added).toEqual({
      freezes: [
        {
          id: 'f-1',
          environment: 'staging',
          from: expect.stringMatching(/Z$/),
          until: expect.stringMatching(/Z$/),
          reason: 'release night',
          by: 'local',
        },
      ],
    });
    expect(Date.parse(added.freezes[0].until) - Date.parse(added.freezes[0].from)).toBeGreaterThan(7_190_000);
    expect(json(await stage.run('freeze', 'list', '--json'))).toEqual(added);
    expect(json(await stage.run('freeze', 'list', 'production', '--json'))).toEqual({ freezes: [] });
    const says = /staging is frozen until \d{4}-\d\d-\d\d \S+ UTC by local \(release night\)/;
    expect((await stage.run('status')).stdout).toMatch(says);
    expect((await stage.run('plan', 'staging')).stdout).toMatch(new RegExp(`wait freeze: ${says.source}`));
    const left = await stage.run('promote', 'staging', '--wait-at-most', '1s', '--json');
    expect(left.exit).toBe(0);
    expect(json(left)).toMatchObject({
      state: 'waiting',
      waitingFor: [{ gate: 'freeze', until: added.freezes[0].until }],
    });
    const removed = await stage.run('freeze', 'remove', 'f-1');
    expect(removed).toEqual({ exit: 0, stdout: 'nothing is frozen\n', stderr: '' });
  });

  it.each([['freeze', 'remove'], ['history'], ['approve'], ['why'], ['evidence', 'show']])(
    '%s %s of nothing is told in plain words',
    async (...words) => {
      const name = words.filter(Boolean).join(' ');
      expect(await stage.run(...words, '')).toMatchObject({
        exit: 2,
        stderr: `error: an argument of ${name} is empty\n    → soundbite ${name} --help\n`,
      });
    },
  );

  it('without an end, a reason, or with a time that is none, is refused before anybody is asked', async () => {
    const refused = (...words: string[]) => stage.run('freeze', 'add', 'staging', ...words);
    expect((await refused('--reason', 'x')).stderr).toContain('a freeze has an end');
    expect((await refused('--until', '2h')).stderr).toContain('a freeze has a reason');
    for (const time of ['tomorrow', '2026-12-01', '2026-12-01T08:00', '2026-13-01T08:00Z', '2099-11-31T08:00Z', ''])
      expect(await refused('--until', time, '--reason', 'x')).toMatchObject({
        exit: 2,
        stderr: expect.stringContaining(`--until ${time} is no time`),
      });
    expect(await refused('--until', '2020-01-01T00:00Z', '--reason', 'x')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('2020-01-01 00:00 UTC is over'),
    });
    const unknown = json(await stage.run('freeze', 'remove', 'f-7', '--json'));
    expect(unknown.error).toMatchObject({ code: 'freeze-unknown', hint: 'soundbite freeze list' });
  });
});

describe('hold and resume', () => {
  it('keep all that wants to enter waiting; status and plan say it, and it goes when it is resumed', async () => {
    const held = json(await stage.run('hold', 'staging', '--reason', 'outage', '--json'));
    const one = { id: 'h-1', environment: 'staging', scope: 'all', until: null, reason: 'outage', by: 'local' };
    expect(held).toEqual({ holds: [{ ...one, since: expect.stringMatching(/Z$/) }] });
    const says = 'staging is held by local (outage); soundbite resume staging --hold h-1';
    expect((await stage.run('status')).stdout).toContain(says);
    expect((await stage.run('plan', 'staging')).stdout).toContain(`wait hold: ${says}`);
    stage.fake.world.promotions.auto = true;
    const left = json(await stage.run('promote', 'staging', '--wait-at-most', '1s', '--json'));
    expect(left).toMatchObject({ state: 'waiting', waitingFor: [{ gate: 'hold', until: null }] });
    const following = stage.run('promote', '--attach', left.promotion, '--json');
    expect((await stage.run('resume', 'staging')).stdout).toBe('nothing is held\n');
    expect(json(await following)).toMatchObject({ state: 'succeeded' });
  });

  it('of what comes by itself end with the next release that a person promotes there; followers wait', async () => {
    const { world } = stage.fake;
    world.promotions.auto = true;
    const [c, d] = ['c', 'd'].map((digit) => `sha256:${digit.repeat(64)}` as const);
    for (const release of [c, d]) world.addRelease(release as never);
    const into = (environment: string, ...more: string[]) => stage.run('promote', environment, ...more, '--json');
    for (const release of [c, d]) await into('dev-localstack', '--release', String(release));
    await into('dev-aws');
    const back = json(await stage.run('rollback', 'dev-aws', '--reason', 'too loud', '--json'));
    expect(back.state).toBe('succeeded');
    const [hold] = (await world.status(['dev-aws'])).environments[0]?.holds ?? [];
    expect(hold).toMatchObject({ scope: 'automatic', reason: 'rolled back: too loud', by: 'local' });
    const through = json(
      await into('dev-localstack', '--release', String(c), '--through', 'dev-aws', '--wait-at-most', '1s'),
    );
    expect(through.promotions).toMatchObject([
      { state: 'succeeded' },
      { state: 'waiting', waitingFor: [{ gate: 'hold' }] },
    ]);
    await stage.run('abort', 'dev-aws');
    expect(json(await into('dev-aws'))).toMatchObject({ state: 'succeeded', release: c });
    expect((await world.status(['dev-aws'])).environments[0]?.holds).toEqual([]);
  });

  it('without a reason, or with a scope that is none, are refused', async () => {
    expect((await stage.run('hold', 'staging')).stderr).toContain('a hold has a reason');
    expect(await stage.run('hold', 'staging', '--reason', 'x', '--scope', 'some')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('use automatic, all'),
    });
  });
});

describe('taint', () => {
  it('of the environment before keeps what comes from there; status, plan and a promotion say it; it ends by a repair', async () => {
    const { world } = stage.fake;
    world.promotions.auto = true;
    const into = (environment: string, ...more: string[]) => stage.run('promote', environment, ...more, '--json');
    const release = `sha256:${'c'.repeat(64)}` as const;
    world.addRelease(release as never);
    await into('dev-localstack', '--release', release);
    expect((await stage.run('taint', 'list')).stdout).toBe('nothing was changed outside of promotions\n');
    world.taint('dev-localstack', 'drift', ['settings: somebody changed Queue']);
    const says =
      /dev-localstack was changed outside of promotions \(settings: somebody changed Queue\), .+ UTC; soundbite repair dev-localstack, or soundbite taint accept dev-localstack/;
    for (const words of [['status'], ['why', 'dev-localstack'], ['plan', 'dev-aws', '--release', release]])
      expect((await stage.run(...words)).stdout).toMatch(says);
    const left = json(await into('dev-aws', '--release', release, '--wait-at-most', '1s'));
    expect(left).toMatchObject({ state: 'waiting', waitingFor: [{ gate: 'taint', until: null }] });
    expect((await stage.run('taint', 'list')).stdout).toMatch(/drift +20.+ somebody changed Queue +open/);
    const following = stage.run('promote', '--attach', left.promotion, '--json');
    const { promotion } = json(await stage.run('repair', 'dev-localstack', '--json'));
    expect(json(await following)).toMatchObject({ state: 'succeeded' });
    const { taints } = json(await stage.run('taint', 'list', 'dev-localstack', '--json'));
    expect(taints).toMatchObject([{ why: 'drift', endedAs: 'reconciled', promotion, by: 'local', reason: null }]);
  });

  it('is accepted with a reason, and the same is not raised again until something is promoted there', async () => {
    const { world } = stage.fake;
    const found = ['settings: somebody changed Queue'];
    world.taint('dev-localstack', 'drift', found);
    expect((await stage.run('taint', 'accept', 'dev-localstack')).stderr).toContain('who accepts it says why');
    const accepted = json(await stage.run('taint', 'accept', 'dev-localstack', '--reason', 'meant', '--json'));
    expect(accepted.taints).toMatchObject([
      { environment: 'dev-localstack', endedAs: 'accepted', by: 'local', reason: 'meant', findings: found },
    ]);
    world.taint('dev-localstack', 'drift', found);
    expect(json(await stage.run('taint', 'list', '--json'))).toEqual(accepted);
    expect((await stage.run('taint', 'list')).stdout).toMatch(/accepted by local at .+ \(meant\)/);
    world.promotions.auto = true;
    await stage.run('repair', 'dev-localstack');
    world.taint('dev-localstack', 'drift', found);
    expect(json(await stage.run('taint', 'list', '--json')).taints).toHaveLength(2);
  });
});

describe('block and unblock', () => {
  it('stop a release that is under way, refuse it from then on, and let it go again', async () => {
    const { world } = stage.fake;
    const release = `sha256:${'c'.repeat(64)}` as const;
    world.addRelease(release as never);
    const into = (...more: string[]) => stage.run('promote', 'dev-localstack', '--release', 'cccc', ...more, '--json');
    const { promotion } = json(await into('--no-wait'));
    const blocked = json(await stage.run('block', 'cccc', '--reason', 'wrong prices', '--json'));
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(blocked).toEqual({ release, blocked: true, reason: 'wrong prices', by: 'local', at });
    const says = 'cccccccccccc is blocked by local (wrong prices); soundbite unblock cccccccccccc';
    expect(json(await stage.run('promote', '--attach', promotion, '--json'))).toMatchObject({
      state: 'aborted',
      reason: says,
    });
    const refused = await into();
    expect(refused.exit).toBe(1);
    expect(json(refused)).toMatchObject({ state: 'failed', reason: `block: ${says}`, gates: [{ gate: 'block' }] });
    expect((await stage.run('unblock', 'cccc')).stdout).toBe('cccccccccccc is not blocked\n');
    world.promotions.auto = true;
    expect(json(await into())).toMatchObject({ state: 'succeeded' });
  });

  it('without a reason is refused', async () => {
    expect((await stage.run('block', 'aaaa')).stderr).toContain('a block has a reason');
  });
});

it('a time ahead is a span, or a time with its zone', () => {
  const now = Date.parse('2026-12-01T08:00:00Z');
  expect(timeAhead('--until', '90m', now)).toBe('2026-12-01T09:30:00.000Z');
  expect(timeAhead('--until', '2026-12-01T09:00+01:00', now)).toBe('2026-12-01T08:00:00.000Z');
});
