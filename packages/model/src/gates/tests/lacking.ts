import { hasGate } from '../declared.ts';
import type { GateRecord } from '../record.ts';

/** That an environment asks for tests which a release does not bring. Nothing: it does not, or the release does. */
export function lackingTests(environment: Parameters<typeof hasGate>[0], brings: boolean): readonly GateRecord[] {
  if (brings || !hasGate(environment, 'tests')) return [];
  const reason =
    'the release brings no tests program; declare `tests` in service.yaml and cut a new release, or take tests out of `gates` in environments.yaml';
  return [{ gate: 'tests', moment: 'version', verdict: 'fail', reasons: [reason], until: null, seconds: null }];
}
