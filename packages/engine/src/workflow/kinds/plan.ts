import {
  beyond,
  type Cloud,
  Digest,
  type Environment,
  foreignStacks,
  type Holdings,
  hintFor,
  holdingLines,
  holdingsIn,
  movedRuntime,
  type PromotionPlan,
  type Removal,
  removalRefused,
  removals,
  SoundBiteError,
  shortDigest,
  unmanageable,
  unnamed,
} from '@soundbite/model';
import { z } from 'zod';
import { isAdopted } from '../adopted.ts';
import { type PromotionRun, placeOfRun, type StepKind } from '../run.ts';
import { heldReplacements } from './held-replacements.ts';
import { stackLeftBehind } from './left-behind.ts';

const With = z.strictObject({ allowRemovals: z.array(z.string()) });

/**
 * Infrastructure only grows: removals by the new template are refused unless named. What a property's change replaces is judged when CloudFormation
 * says it, by the step that deploys; what is named and yet must stay, here. Nothing begins that exceeds the account's limits.
 */
export const planStep: StepKind<z.infer<typeof With>> = {
  with: With,
  describe: () => 'compare the template with the stack: nothing is taken away unless it was named',
  async run(run, { allowRemovals }) {
    const { environment, cloud, runtime } = await placeOfRun(run);
    const template = await run.ports.template(run.plan.release, environment.name);
    const impossible = unmanageable(template, environment.name);
    if (impossible.length > 0)
      return { state: 'failed', detail: impossible.map(({ message, hint }) => `${message}; ${hint}`).join('; ') };
    const left = await stackLeftBehind(run.ports.infrastructure, environment, cloud);
    if (left !== null) return { state: 'failed', detail: `${left.reason}; ${left.hint}` };
    await prepare(run, environment, cloud, holdingsIn(template));
    const capacity = await runtime.capacity({ environment, cloud }, template);
    if (capacity?.ok === false)
      return {
        state: 'failed',
        detail: hintFor(environment.name, `${capacity.detail}; ${capacity.hint}`),
        evidence: { capacity },
      };
    const state = await run.ports.infrastructure.state(environment, cloud);
    if (!state) return { state: 'succeeded', detail: 'the first deployment here', evidence: { capacity } };
    // Its template was made of the stack's own, which the next step holds against it and CloudFormation.
    if (run.plan.steps.some(({ kind }) => kind === 'adopt'))
      return { state: 'succeeded', detail: 'what stands is sealed in the release', evidence: { capacity } };
    const foreign = foreignStacks(environment, state.parameters);
    if (foreign) return { state: 'failed', detail: `${foreign.reason}; ${foreign.hint}` };
    // The version that is live, that is: nothing was promoted into a stack that was destroyed meanwhile, or never.
    const moved = run.plan.previous === null ? null : movedRuntime(environment, state.template, template);
    if (moved) return { state: 'failed', detail: `${moved.reason}; ${moved.hint}` };
    const half = await halfAdopted(run, state.release);
    if (half !== null) return { state: 'failed', detail: half };
    const held = await heldReplacements(run, { cloud, state, template, named: allowRemovals });
    const found = [...removals(state.template, template), ...held];
    const refused = unnamed(found, allowRemovals);
    const evidence = { removals: found, allowed: allowRemovals, capacity };
    if (refused.length > 0) return { state: 'failed', detail: refusal(refused), evidence };
    const detail = found.length > 0 ? `${found.length} named removals` : 'nothing is removed';
    return { state: 'succeeded', detail, evidence };
  },
};

function refusal(refused: readonly Removal[]): string {
  const { message, hint } = removalRefused(refused);
  return `${message}; ${hint}`;
}

/** What a promotion may take away: the person named it once, and the plan has it where it is checked first. */
export function namedRemovals({ steps }: PromotionPlan): readonly string[] {
  const given = steps.find(({ kind }) => kind === 'plan')?.with;
  return given ? With.parse(given).allowRemovals : [];
}

/** An adoption that has not ended: what calls a component may still call the function itself, and would get this release before its gates. Null: there is none. */
async function halfAdopted({ ports, plan }: PromotionRun, deployed: string | null): Promise<string | null> {
  const has = Digest.safeParse(deployed);
  if (plan.previous !== null || !has.success || has.data === plan.release) return null;
  if (!(await isAdopted(ports, has.data))) return null;
  return `the adoption of ${plan.environment.name} has not ended; soundbite adopt ${plan.environment.name} ends it`;
}

/**
 * The account must allow what the release's stack will hold, before anything of it is touched. A real account is bootstrapped by a person, who sees what is
 * new; an emulated one by its first promotion, and again by each that needs more.
 */
async function prepare(
  { ports, plan }: PromotionRun,
  environment: Environment,
  cloud: Cloud,
  needed: Holdings,
): Promise<void> {
  const { name } = environment;
  const allowed = await ports.infrastructure.allowed(environment, cloud);
  const lacking = allowed && beyond(allowed, needed);
  if (allowed && !lacking) return;
  if (cloud.kind === 'real')
    throw lacking
      ? new SoundBiteError(
          'bootstrap-narrow',
          `the bootstrap of ${name} does not allow what the release needs: ${holdingLines(lacking).join('; ')}`,
          { hint: `soundbite bootstrap ${name} --release ${shortDigest(plan.release)}` },
        )
      : new SoundBiteError('not-bootstrapped', `account ${environment.cloud.account} is not prepared for ${name}`, {
          hint: `soundbite bootstrap ${name}`,
        });
  await ports.infrastructure.bootstrap(environment, cloud, needed);
  await cloud.checkpoint();
}
