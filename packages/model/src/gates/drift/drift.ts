import { z } from 'zod';
import type { Differences } from '../entry-evidence.ts';
import { entryGate, type GateResult } from '../gate.ts';

/** What runs in the environment is what was released into it: nobody changed it besides. */
export const driftGate = entryGate({
  moments: ['entry'],
  isDear: true,
  options: z.strictObject({}),
  passes:
    'what runs in the environment is what was released: its code, its alias, its stack’s template and its settings',
  ask: (evidence) => evidence.differences(),
  decide,
});

function decide(facts: Differences): GateResult {
  if (facts === 'empty') return { verdict: 'pass', reasons: ['nothing is live here yet'] };
  // What ends drift must not wait for its end.
  if (facts === 'restoring') return { verdict: 'pass', reasons: ['it brings back what is live'] };
  if ('changing' in facts)
    return { verdict: 'wait', reasons: [`${facts.changing} is being changed by a promotion or a dev session`] };
  if (facts.length === 0) return { verdict: 'pass', reasons: ['what runs is what was released'] };
  return { verdict: 'wait', reasons: facts.map(({ where, detail, hint }) => `${where}: ${detail}; ${hint}`) };
}
