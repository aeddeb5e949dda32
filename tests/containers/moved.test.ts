import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Fence, Release, Runtime, Target } from '../../packages/model/src/index.ts';
import { composeRuntime, processRuntime } from '../../packages/runtimes/src/index.ts';
import { declared } from '../parts/runtimes/environment.ts';
import { fixtureRelease } from '../parts/runtimes/fixture-release.ts';
import { type RealParts, realParts } from '../parts/runtimes/real-parts.ts';
import { failures, pollingClient } from '../support/polling-client.ts';
import { testEngine } from './test-engine.ts';

const environment = declared('dev-localstack');
const engine = testEngine();
const fence: Fence = { owner: 'moved', generation: 1 };
let parts: RealParts;
let runtimes: Record<'process' | 'compose', Runtime>;
let target: Target;

beforeAll(async () => {
  parts = await realParts(environment);
  const options = {
    ...parts.onMachine,
    ...{ containers: engine.containers(parts.host), credentialsEnv: async () => ({}) },
  };
  runtimes = { process: processRuntime(options), compose: composeRuntime(options) };
});
afterAll(async () => {
  await engine.dispose();
  await parts.dispose();
});

const cut = (note: string) => fixtureRelease(join(parts.root, 'releases'), [environment], { note });
const give = (runtime: Runtime, { digest }: Release, direction: 'forward' | 'back' = 'forward') =>
  runtime.setWeights(target, [{ release: digest, share: 1 }], direction, fence);
const processesOf = async () => (await parts.host.list()).filter(({ name }) => name.startsWith('service-'));
const event = { Records: [] };

it('an environment whose runtime changes has both kinds of versions, and its users notice nothing: forward, back over the move, and forward for good', async () => {
  const [first, second] = [await cut('as processes'), await cut('as containers')];
  target = await parts.deploy(first, fence);
  await runtimes.process.install(target, first, fence);
  await give(runtimes.process, first);
  const users = pollingClient(await parts.url(), 20, '/soundbites');

  // Declared otherwise from here on. What is live stays what it is when it is installed again, as `up` does.
  const { compose } = runtimes;
  await compose.install(target, first, fence);
  expect([(await processesOf()).length, (await engine.names()).length]).toEqual([2, 0]);
  await compose.install(target, second, fence);
  await give(compose, second);
  expect((await compose.observe(target)).versions).toMatchObject(
    [first, second]
      .map(({ digest }) => ({ release: digest, healthy: true, share: digest === second.digest ? 1 : 0 }))
      .sort(byRelease),
  );
  for (const [{ digest }, note] of [
    [first, 'as processes'],
    [second, 'as containers'],
  ] as const)
    expect(await compose.invoke(target, digest, 'worker', event, 10_000)).toMatchObject({ note });

  await give(compose, first, 'back');
  expect(await (await fetch(`${await parts.url()}/version`)).json()).toMatchObject({ note: 'as processes' });
  await give(compose, second);
  await compose.retire(target, [second.digest], fence);
  expect([(await processesOf()).length, (await engine.names()).length]).toEqual([0, 2]);

  // And to processes once more: the same release as containers is seen, moved away from, and given up.
  const third = await cut('as processes again');
  await runtimes.process.install(target, third, fence);
  await give(runtimes.process, third);
  await runtimes.process.retire(target, [third.digest], fence);
  expect([(await processesOf()).length, (await engine.names()).length]).toEqual([2, 0]);
  // Nor what containers need: no `down` asks an engine for a home that has none on record.
  expect(await engine.left()).toEqual([]);
  expect((await parts.host.list()).map(({ name }) => name)).not.toContain(`relay-${environment.name}`);
  const answers = await users.stop();
  expect(failures(answers)).toEqual([]);
  expect(new Set(answers.map(({ release }) => release))).toEqual(
    new Set([first, second, third].map(({ digest }) => digest)),
  );
});

const byRelease = (a: { readonly release: string }, b: { readonly release: string }) =>
  a.release < b.release ? -1 : 1;
