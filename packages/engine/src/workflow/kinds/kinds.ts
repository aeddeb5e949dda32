import type { PlannedStep, PromotionPlan } from '@soundbite/model';
import type { StepKinds } from '../run.ts';
import { adoptStep } from './adopt.ts';
import { alarmsStep } from './alarms.ts';
import { compatibilityStep } from './compatibility.ts';
import { finaliseStep } from './finalise.ts';
import { infrastructureStep } from './infrastructure.ts';
import { migrationStep } from './migration.ts';
import { planStep } from './plan.ts';
import { publishKeptStep, publishStep } from './publish.ts';
import { rollbackStep } from './rollback.ts';
import { shiftStep } from './shift.ts';
import { smokeStep } from './smoke.ts';
import { testsStep } from './tests.ts';
import { verifyStep } from './verify.ts';
import { verifyReturnStep } from './verify-return.ts';
import { watchStep } from './watch.ts';

/** The kinds of steps that this version knows. */
export const stepKinds: StepKinds = {
  verify: verifyStep,
  'verify-return': verifyReturnStep,
  plan: planStep,
  adopt: adoptStep,
  infrastructure: infrastructureStep,
  publish: publishStep,
  'publish-kept': publishKeptStep,
  migration: migrationStep,
  smoke: smokeStep,
  tests: testsStep,
  compatibility: compatibilityStep,
  shift: shiftStep,
  watch: watchStep,
  alarms: alarmsStep,
  finalise: finaliseStep,
  rollback: rollbackStep,
};

/** What a step is going to do, in a few words; for an unknown kind, its name. */
export function describeStep({ kind, with: given }: PlannedStep, plan: PromotionPlan): string {
  const known = stepKinds[kind];
  return known?.with.safeParse(given).success ? known.describe(given, plan) : kind;
}
