import type { Evidence } from '../facts.ts';
import type { GateResult } from './gate.ts';

/** The verdict on a program that a service brings: every fact must hold, and there must be facts. */
export function programGate(evidence: Evidence): GateResult {
  if (evidence.facts.length === 0) return { verdict: 'fail', reasons: ['nothing was tried, so nothing is known'] };
  const reasons = evidence.facts.filter((fact) => !fact.ok).map((fact) => `${fact.name}: ${fact.detail}`);
  return { verdict: reasons.length === 0 ? 'pass' : 'fail', reasons };
}
