import { z } from 'zod';
import { DeclaredSettings } from './shape.ts';

/** A release is cut for all environments at once, and each has processes, functions or an account on this machine: more are another repository's. */
export const mostEnvironments = 10;

/** The file as a whole; each environment is validated with the shared settings merged into its own. */
export const Whole = z.strictObject({
  version: z.literal(1),
  settings: DeclaredSettings.describe(
    'settings of the service that all environments share: what its schema allows, which service.yaml names',
  ).nullish(),
  environments: z
    .array(z.unknown())
    .min(1, 'is empty; declare at least one environment')
    .check(({ value, issues }) => {
      if (value.length <= mostEnvironments) return;
      const message = `is number ${mostEnvironments + 1} of ${value.length}; a declaration has at most ${mostEnvironments} environments, so remove some`;
      issues.push({ code: 'custom', input: value, path: [mostEnvironments], message });
    }),
});
