import type { PlannedStep, PromotionPlan } from '@soundbite/model';
import type { StepKinds } from '../run.ts';
import { finalise } from './finalise.ts';
import { infrastructure } from './infrastructure.ts';
import { plan } from './plan.ts';
import { publish, publishKept } from './publish.ts';
import { rollback } from './rollback.ts';
import { shift } from './shift.ts';
import { smoke } from './smoke.ts';
import { verify } from './verify.ts';
import { verifyReturn } from './verify-return.ts';
import { watch } from './watch.ts';

/** The kinds of steps that this version knows. */
export const stepKinds: StepKinds = {
  verify,
  'verify-return': verifyReturn,
  plan,
  infrastructure,
  publish,
  'publish-kept': publishKept,
  smoke,
  shift,
  watch,
  finalise,
  rollback,
};

/** What a step is going to do, in a few words; for an unknown kind, its name. */
export function describeStep({ kind, with: given }: PlannedStep, plan: PromotionPlan): string {
  const known = stepKinds[kind];
  return known?.with.safeParse(given).success ? known.describe(given, plan) : kind;
}
