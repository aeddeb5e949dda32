import { afterEach, beforeEach, expect, it } from 'vitest';
import { a, b, json, setChain } from './testing/chain.ts';
import type { CliStage } from './testing/stage.ts';

let stage: CliStage;
beforeEach(async () => {
  stage = await setChain();
});
afterEach(() => stage.close());

it('says since when, by whose decision, on which gates and evidence a release is live', async () => {
  const { world } = stage.fake;
  world.promotions.auto = true;
  const file = Buffer.from('{"verdict":"pass","facts":[]}');
  const about = { kind: 'tests', actor: 'ci', format: 'json', url: undefined } as const;
  const { digest } = world.addEvidence(a, about, file);
  await stage.run('promote', 'production', '--reason', 'release night');
  const document = json(await stage.run('why', 'production', '--json'));
  const by = {
    actor: 'local',
    kind: 'promote',
    reason: 'release night',
    override: false,
    breakGlass: false,
    follows: null,
  };
  expect(document).toMatchObject({ environment: 'production', release: a, promotion: 'p-1', by, waits: [] });
  expect(Object.keys(document)).toEqual(
    expect.arrayContaining(['environment', 'release', 'since', 'promotion', 'by', 'gates', 'evidence', 'waits']),
  );
  expect(document.since).toMatch(/Z$/);
  expect(document.gates).toMatchObject([{ gate: 'smoke', moment: 'version', verdict: 'pass' }, { gate: 'watch' }]);
  expect(document.evidence).toMatchObject([{ kind: 'tests', verdict: 'pass', digest, by: 'ci' }]);
  const { stdout, exit } = await stage.run('why', 'production');
  expect(exit).toBe(0);
  const lines = stdout.split('\n');
  expect(lines[0]).toMatch(/^production: a{12} is live since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
  expect(lines[1]).toBe('promoted by local (promotion p-1): release night');
  expect(stdout).toContain(`pass tests  ${digest.slice(0, 19)}  ci at `);
  expect(stdout).toContain('\nnothing waits\n');
});

it('says what waits and for what, what holds it, and what comes from before', async () => {
  await stage.run('hold', 'production', '--reason', 'an outage');
  await stage.run('promote', 'production', '--no-wait');
  await stage.run('promote', 'staging', '--through', 'production', '--no-wait');
  await expect.poll(() => stage.fake.world.promotion('p-1').waitingFor).toHaveLength(1);
  const { waits, release, holds, promotion } = json(await stage.run('why', 'production', '--json'));
  expect({ release, promotion }).toEqual({ release: b, promotion: null });
  expect(holds).toMatchObject([{ reason: 'an outage' }]);
  expect(waits).toMatchObject([
    { promotion: 'p-1', release: a, comesFrom: null, gates: [{ gate: 'hold', verdict: 'wait' }] },
    { promotion: 'p-2', release: a, comesFrom: 'staging', gates: [] },
  ]);
  const { stdout } = await stage.run('why', 'production');
  expect(stdout).toContain('since when is not on record\nno promotion on record brought it\n');
  expect(stdout).toMatch(/wait hold: production is held by local \(an outage\)/);
  expect(stdout).toMatch(/comes after staging/);
});

it('of an environment that is not declared is an error of its own', async () => {
  const { exit, stdout } = await stage.run('why', 'productio', '--json');
  expect(exit).toBe(2);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: 'environment-unknown',
    hint: expect.stringContaining('production'),
  });
});
