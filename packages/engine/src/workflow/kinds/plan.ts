import {
  type Cloud,
  type Environment,
  hintFor,
  type PromotionPlan,
  type Removal,
  removalRefused,
  removals,
  SoundBiteError,
  unnamed,
} from '@soundbite/model';
import { z } from 'zod';
import { type PromotionRun, placeOfRun, type StepKind } from '../run.ts';

const With = z.strictObject({ allowRemovals: z.array(z.string()) });

/**
 * Infrastructure only grows: removals by the new template are refused unless named. What a property's change replaces is judged when CloudFormation
 * says it, by the step that deploys. Nothing begins that exceeds the account's limits.
 */
export const planStep: StepKind<z.infer<typeof With>> = {
  with: With,
  describe: () => 'compare the template with the stack: nothing is taken away unless it was named',
  async run(run, { allowRemovals }) {
    const { environment, cloud, runtime } = await placeOfRun(run);
    await bootstrapIfEmulated(run, environment, cloud);
    const template = await run.ports.template(run.plan.release, environment.name);
    const capacity = await runtime.capacity({ environment, cloud }, template);
    if (capacity?.ok === false)
      return {
        state: 'failed',
        detail: hintFor(environment.name, `${capacity.detail}; ${capacity.hint}`),
        evidence: { capacity },
      };
    const state = await run.ports.infrastructure.state(environment, cloud);
    if (!state) return { state: 'succeeded', detail: 'the first deployment here', evidence: { capacity } };
    const found = removals(state.template, template);
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

/** A real account is bootstrapped by a person; an emulated one by its first promotion. */
async function bootstrapIfEmulated({ ports }: PromotionRun, environment: Environment, cloud: Cloud): Promise<void> {
  if (await ports.infrastructure.isBootstrapped(environment, cloud)) return;
  const { name } = environment;
  if (cloud.kind === 'real')
    throw new SoundBiteError('not-bootstrapped', `account ${environment.cloud.account} is not prepared for ${name}`, {
      hint: `soundbite bootstrap ${name}`,
    });
  await ports.infrastructure.bootstrap(environment, cloud);
  await cloud.checkpoint();
}
