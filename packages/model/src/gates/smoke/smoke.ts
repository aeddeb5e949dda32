import type { Evidence } from '../../facts.ts';
import { gate } from '../gate.ts';
import { programGate } from '../program.ts';
import { ProgramGateOptions } from '../tries.ts';

/** The service's own program, tried against the new version by pin. */
export const smokeGate = gate({
  moments: ['version'],
  options: ProgramGateOptions,
  passes: "the service's smoke program says that every fact holds, of the new version, before that has any traffic",
  decide: (evidence: Evidence) => programGate(evidence),
});
