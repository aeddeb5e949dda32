import { type Environment, type PromotionPlan, planPromotion, removalRefused } from '@soundbite/model';
import { expect, it } from 'vitest';
import { attempt } from '../outcome.ts';
import type { StepRun } from '../run.ts';
import { infrastructureStep } from './infrastructure.ts';

const release = `sha256:${'a'.repeat(64)}` as const;
const environment = { name: 'staging', cloud: { kind: 'emulated' }, gates: [] as unknown } as Environment;
const planned = (allowRemovals: string[]): PromotionPlan =>
  planPromotion({ request: { kind: 'promote', allowRemovals }, environment, release, previous: null });

/** A deploy by this plan; `refuses`: what its change set would replace. */
function deploying(plan: PromotionPlan, refuses: string | null = null) {
  const allowed: unknown[] = [];
  const deploy = async (...given: unknown[]) => {
    allowed.push(given[5]);
    if (refuses) throw removalRefused([{ id: refuses, what: 'replacement', detail: 'AWS::X::Y is replaced' }]);
    return {};
  };
  const run = {
    plan,
    records: { infrastructure: async () => {} },
    ports: {
      clouds: { of: async () => ({ checkpoint: async () => {} }) },
      runtime: () => ({}),
      releases: { scratch: async () => ({ directory: '/nowhere', remove: async () => {} }) },
      infrastructure: { recover: async () => [], deploy, state: async () => ({ release, status: 'UPDATE_COMPLETE' }) },
    },
    fence: { owner: 'test', generation: 1 },
  } as unknown as StepRun;
  return { allowed, outcome: () => infrastructureStep.run(run, { skip: [] }) };
}

it('a deploy may take away what the promotion named, and nothing else', async () => {
  for (const named of [[], ['Table', 'Queue']]) {
    const { allowed, outcome } = deploying(planned(named));
    expect(await outcome()).toMatchObject({ state: 'succeeded' });
    expect(allowed).toEqual([named]);
  }
});

it('a change set that replaces what nobody named is a no of the rules, said once, with the flag that names it', async () => {
  const { allowed, outcome } = deploying(planned([]), 'Table');
  expect(await attempt(outcome, { environment: 'staging' })).toEqual({
    state: 'failed',
    detail:
      'it would take away Table (AWS::X::Y is replaced); if nothing that may come back needs it: --allow-removal "Table"',
  });
  expect(allowed).toHaveLength(1);
});
