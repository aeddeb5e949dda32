import { afterEach, beforeEach, expect, it } from 'vitest';
import { a, b, json, setChain } from './testing/chain.ts';
import type { CliStage } from './testing/stage.ts';

let stage: CliStage;
beforeEach(async () => {
  stage = await setChain();
});
afterEach(() => stage.close());

it('says what users asked of each environment in the last hour, and which release answered', async () => {
  const { traffic } = stage.fake.world;
  traffic.serve('production', 50 * 60_000, 900, { ms: 80 });
  traffic.serve('production', 60_000, 97, { release: a, ms: 80 });
  traffic.serve('production', 60_000, 3, { release: a, status: 500 });
  traffic.serve('production', 60_000, 50, { pinned: true, status: 500 });
  traffic.unseen.set('staging', 'no credentials: log in');
  const { stdout, exit } = await stage.run('traffic');
  expect(exit).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^environment +the last hour +requests +errors +p95 +answered by$/);
  expect(lines.find((line) => line.startsWith('production'))).toMatch(
    /^production +▁{3}█▁{15}▂ +1,000 +0\.3 % +(8\d|7\d) ms +b{12} 90 %, a{12} 10 %$/,
  );
  expect(lines.find((line) => line.startsWith('dev-aws '))).toMatch(/^dev-aws +▁{20} +0 +0 % +- +-$/);
  expect(lines.find((line) => line.startsWith('staging'))).toMatch(/^staging +not seen +\? +\? +\? +\?$/);
  expect(lines.at(-1)).toBe('staging: not seen: no credentials: log in');
});

it('gives of one environment the document with its steps', async () => {
  stage.fake.world.traffic.serve('production', 0, 2);
  const { environments } = json(await stage.run('traffic', 'production', '--json'));
  expect(environments).toMatchObject([
    {
      environment: 'production',
      problem: null,
      seen: { hour: { requests: 2 }, steps: { releases: [{ release: b }] } },
    },
  ]);
  expect((await stage.run('traffic', 'production')).stdout).toMatch(/\nproduction .* b{12} 100 %\n$/);
});

it('of an environment that is not declared is an error of its own', async () => {
  const { exit, stdout } = await stage.run('traffic', 'productio', '--json');
  expect(exit).toBe(2);
  expect(JSON.parse(stdout).error).toMatchObject({ code: 'environment-unknown' });
});
