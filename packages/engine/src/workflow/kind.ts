import { type PromotionPlan, planTrouble } from '@soundbite/model';
import type { StepKinds } from './run.ts';

/** What this version lacks to execute a plan: its format, or kinds of its steps. Null: nothing. */
export function whyNotFollowed(plan: PromotionPlan, kinds: StepKinds): string | null {
  const trouble = planTrouble(plan);
  if (trouble !== null) return `waits for a control plane that ${trouble}`;
  const lacking = lackingKinds(plan, kinds);
  return lacking.length > 0 ? `waits for a control plane that knows steps of the kind ${lacking.join(', ')}` : null;
}

/** Kinds of a plan's steps that are not among these, or that cannot read their input in the plan. */
function lackingKinds({ steps, undo }: PromotionPlan, kinds: StepKinds): string[] {
  const isKnown = (kind: string, given: unknown) =>
    Object.hasOwn(kinds, kind) && kinds[kind]?.with.safeParse(given).success;
  const lacking = [...steps, ...undo].filter((step) => !isKnown(step.kind, step.with)).map(({ kind }) => kind);
  return [...new Set(lacking)];
}
