import { digestOf, entryHash, type LedgerEntry } from '@soundbite/model';
import { expect, it } from 'vitest';
import type { ChaosWish } from '../promotions.ts';
import { type KillOutcome, ledgerProblems, outcomeProblems, releaseProblems, requestProblems } from './outcome.ts';

const [release, other] = [digestOf('one'), digestOf('other')];
const wish: ChaosWish = { environment: 'staging', scenario: 'promote', release };
const view = {
  ...({ promotion: 'a', state: 'succeeded', reason: null, release } as const),
  steps: [{ name: 'verify', state: 'succeeded', seconds: 1 }] as const,
};

it('a promotion ended as it should, with its release, by its steps; else each is said', () => {
  const steps = ['verify succeeded'];
  const judged = (more: object) => outcomeProblems({ ...view, steps: [...view.steps], ...more }, { wish, steps });
  expect(judged({})).toEqual([]);
  expect(judged({ state: 'errored', reason: 'broke' })).toEqual(['the promotion errored: broke']);
  expect(judged({ release: other })[0]).toContain(`instead of ${release.slice(7, 19)}`);
  expect(judged({ steps: [] })).toEqual(['its steps are ; undisturbed they are verify succeeded']);
});

it('the ledger has one entry of each thing, in order, whoever said yes between', () => {
  const kinds = ['requested', 'approved', 'admitted', 'planned', 'finished'].map((what) => `promotion.${what}`);
  const judged = (all: readonly string[]) => {
    const entries = all.map((kind, index): LedgerEntry => {
      const entry = { sequence: index + 1, at: '', kind, subject: 'a', payload: { step: 'verify' }, previous: null };
      return { ...entry, hash: entryHash(entry) };
    });
    return ledgerProblems(entries, { ...view, steps: [...view.steps] });
  };
  const whole = [...kinds.slice(0, 4), 'step.finished', ...kinds.slice(4)];
  expect(judged(whole)).toEqual([]);
  expect(judged(whole.filter((kind) => kind !== 'step.finished'))).toHaveLength(1);
  expect(judged([...whole, 'promotion.finished'])).toHaveLength(1);
  expect(judged([...whole.slice(0, 3), 'promotion.admitted', ...whole.slice(3)])).toHaveLength(1);
});

it('the right release answers there, and elsewhere what answered before', () => {
  const before = new Map<string, string>([
    ['staging', other],
    ['production', other],
  ]);
  const after = (staging: string, production: string = other) => new Map([...Object.entries({ staging, production })]);
  expect(releaseProblems(after(release), before, wish)).toEqual([]);
  expect(releaseProblems(after(other), before, wish)).toHaveLength(1);
  expect(releaseProblems(after(release, release), before, wish)).toHaveLength(1);
  expect(releaseProblems(after(other), before, { ...wish, scenario: 'refused' })).toEqual([]);
});

it('requests fail only while a killed account is away', () => {
  const failed = (at: number) => ({ requests: 9, failed: [{ at, status: 502, error: null, release: null }] as never });
  const killed = (victim: KillOutcome['victim']): KillOutcome[] => [
    { victim, during: 'waiting', at: 10_000, recoverySeconds: 1 },
  ];
  expect(requestProblems(failed(10_500), killed('account'))).toEqual([]);
  expect(requestProblems(failed(8_000), killed('account'))).toHaveLength(1);
  expect(requestProblems(failed(41_000), killed('account'))).toHaveLength(1);
  expect(requestProblems(failed(10_500), killed('postgres'))).toEqual([
    '1 of 9 requests failed: 502 500 ms after the last kill',
  ]);
});
