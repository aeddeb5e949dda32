import { z } from 'zod';
import type { StepKind } from '../run.ts';

/** The bytes are those that were cut. */
export const verifyStep: StepKind<Record<string, never>> = {
  with: z.strictObject({}),
  describe: () => 'compare every file of the release with its manifest',
  async run({ ports, plan }) {
    const { files } = (await ports.releases.verify(plan.release)).manifest;
    return {
      state: 'succeeded',
      detail: `${files.length} files match the manifest`,
      evidence: { files: files.length },
    };
  },
};
