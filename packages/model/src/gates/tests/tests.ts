import type { Evidence } from '../../facts.ts';
import { gate } from '../gate.ts';
import { programGate } from '../program.ts';
import { ProgramGateOptions } from '../tries.ts';

/** The service's own program of tests, which an environment may ask for beside the smoke. */
export const testsGate = gate({
  moments: ['version'],
  options: ProgramGateOptions,
  passes:
    'the `tests` program that the release brings says that every fact holds, of the new version, before that has any traffic; a release that brings none is not let in',
  decide: (evidence: Evidence) => programGate(evidence),
});
