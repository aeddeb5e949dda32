import { broughtPrograms } from '@soundbite/model';
import { z } from 'zod';
import type { StepKind } from '../run.ts';

/** The bytes are those that were cut. */
export const verifyStep: StepKind<Record<string, never>> = {
  with: z.strictObject({}),
  describe: () => 'compare every file of the release with its manifest',
  async run({ ports, plan }) {
    const { manifest } = await ports.releases.verify(plan.release);
    const unplanned = broughtPrograms(manifest).filter((program) => plan.steps.every(({ kind }) => kind !== program));
    // Its manifest could not be read when the plan was made.
    if (unplanned.length > 0)
      return { state: 'failed', detail: `it was planned without its ${unplanned.join(' and ')}; promote it again` };
    const { files } = manifest;
    return {
      state: 'succeeded',
      detail: `${files.length} files match the manifest`,
      evidence: { files: files.length },
    };
  },
};
