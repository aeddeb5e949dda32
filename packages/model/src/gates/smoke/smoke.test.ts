import { describe, expect, it } from 'vitest';
import { digestOf } from '../../digest.ts';
import type { Fact } from '../../facts.ts';
import { programGate } from '../program.ts';

const release = digestOf('new');

const evidence = (facts: readonly Fact[]) => ({
  kind: 'smoke' as const,
  at: '2026-01-02T03:04:05.000Z',
  release,
  environment: 'staging',
  facts,
});

describe('the smoke gate', () => {
  it('passes when every fact holds', () => {
    expect(programGate(evidence([{ name: 'health', ok: true, detail: '200', ms: 3 }]))).toEqual({
      verdict: 'pass',
      reasons: [],
    });
  });

  it('fails with every fact that does not, and only those', () => {
    const facts = [
      { name: 'health', ok: true, detail: '200', ms: 3 },
      { name: 'order', ok: false, detail: 'missing', ms: 900 },
      { name: 'worker', ok: false, detail: 'no answer within 30 s', ms: 30_000 },
    ];
    expect(programGate(evidence(facts))).toEqual({
      verdict: 'fail',
      reasons: ['order: missing', 'worker: no answer within 30 s'],
    });
  });

  it('fails when nothing was tried', () => {
    expect(programGate(evidence([]))).toEqual({ verdict: 'fail', reasons: ['nothing was tried, so nothing is known'] });
  });
});
