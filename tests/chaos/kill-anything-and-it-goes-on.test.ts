import { expect, inject, it } from 'vitest';
import { chaos } from './chaos.ts';
import { stageAt } from './stage.ts';

/** Another seed each day: over time it covers what one run cannot; the seed is in the output and repeats a run exactly. */
const seed = Number(process.env.SOUNDBITE_CHAOS_SEED ?? Math.floor(Date.now() / 86_400_000));

it(`kill -9 of the control plane, Postgres and an account changes nothing in the outcome, of what waits and of what runs (seed ${seed})`, {
  timeout: 900_000,
}, async () => {
  const stage = stageAt(inject('home'), (line) => console.log(line));
  const result = await chaos([stage], {
    seed,
    'control-plane': 1,
    postgres: 1,
    account: 1,
    others: false,
    environments: ['dev-localstack', 'dev-aws-deployed'],
    waiting: 1,
    // Waits that end by time are in the long run, and among the two below.
    waits: ['freeze', 'hold'],
    rivals: 3,
  });
  expect(result.failures).toEqual([]);
  expect(result.kills).toBeGreaterThanOrEqual(6);
});
