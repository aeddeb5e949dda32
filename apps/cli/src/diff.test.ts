import { afterEach, beforeEach, expect, it } from 'vitest';
import { a, b, json, setChain } from './testing/chain.ts';
import type { CliStage } from './testing/stage.ts';
import { timeBehind } from './time-behind.ts';

let stage: CliStage;
beforeEach(async () => {
  stage = await setChain();
});
afterEach(() => stage.close());

it('compares two environments', async () => {
  const document = json(await stage.run('diff', 'production', 'staging', '--json'));
  expect(document).toMatchObject({ from: { environment: 'production', release: b }, to: { release: a }, unknown: [] });
  expect(Object.keys(document)).toEqual(
    expect.arrayContaining(['from', 'to', 'commits', 'settings', 'resources', 'gates']),
  );
  const { stdout, exit } = await stage.run('diff', 'production', 'staging');
  expect(exit).toBe(0);
  expect(stdout).toContain('production → staging\n');
  expect(stdout).toContain('commits only in staging:\n  ccccccc Speak louder\n');
  expect((await stage.run('diff', 'dev-aws', 'dev-aws-deployed')).stdout).toContain('nothing differs\n');
});

it('compares an environment with what it was, and then with another time', async () => {
  stage.fake.world.promotions.auto = true;
  await stage.run('promote', 'production');
  const before = json(await stage.run('diff', 'production@1h', '--json'));
  expect(before).toMatchObject({ from: { release: b, at: expect.any(String) }, to: { release: a, at: null } });
  const { stdout } = await stage.run('diff', 'production@2h', 'production@1h');
  expect(stdout).toMatch(/^production at \S+ \S+ UTC → production at /);
});

it('refuses one environment alone, and a time that is none or has not come', async () => {
  const refused = async (...words: string[]) => (await stage.run('diff', ...words)).stderr;
  expect(await refused('staging')).toContain('staging alone is compared with nothing');
  for (const time of ['', 'yesterday', '2026-11-27', '2026-11-27T08:00'])
    expect(await refused(`staging@${time}`)).toContain(`staging@${time} names no time`);
  expect(await refused('staging@9999-01-01T00:00Z')).toContain('has not come yet');
  expect(await refused('stagin@2h')).toContain('there is no environment stagin');
  expect(timeBehind('x', '2026-11-01T09:00+01:00', Date.parse('2026-12-01T00:00Z'))).toBe('2026-11-01T08:00:00.000Z');
});
