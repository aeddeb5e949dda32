import { type SoughtMembers, SoundBiteError, type StackPresence } from '@soundbite/model';
import { isTransient, type Outcome } from './outcome.ts';
import { deployedOfRun, type PromotionRun } from './run.ts';

/** Resources that somebody deleted from an environment's stack, or changed in it. */
type Damage = Pick<StackPresence, 'missing' | 'changed'>;

/**
 * Looks for deleted resources of the environment's stack and, if requested, for changed settings. If it cannot look (an account
 * bootstrapped by another version does not allow it), it reports nothing. Errors: `stack-missing`.
 */
export async function damage(run: PromotionRun, sought: SoughtMembers = {}): Promise<Damage> {
  const { environment, cloud } = await deployedOfRun(run);
  return run.ports.infrastructure.presence(environment, cloud, sought).catch((error: unknown) => {
    run.ports.emit({
      code: 'look-failed',
      message: `the resources of ${environment.name} cannot be read`,
      promotion: run.id,
      error,
    });
    return { missing: [], changed: [] };
  });
}

/** Damage as an error; null: there is none. */
export function damageError(
  { plan }: PromotionRun,
  { missing, changed }: Damage,
  cause?: unknown,
): SoundBiteError | null {
  const options = { hint: `soundbite repair ${plan.environment.name}`, cause };
  if (missing.length > 0)
    return new SoundBiteError(
      'resources-missing',
      `somebody deleted from the account what the stack of ${plan.environment.name} counts as its own: ${missing.map(({ id, physicalId }) => `${id} (${physicalId})`).join(', ')}`,
      options,
    );
  if (changed.length === 0) return null;
  return new SoundBiteError(
    'resources-changed',
    `somebody changed in the account what the stack of ${plan.environment.name} deployed: ${changed.map(({ id, differences }) => `${id} (${differences.join(', ')})`).join(', ')}`,
    options,
  );
}

/**
 * Runs a check of a release. A "no" that the account may have caused does not count: if a resource of the stack is missing or changed, that is the
 * error. Errors: `resources-missing`, `resources-changed`, and those of the work.
 */
export async function judged(run: PromotionRun, work: () => Promise<Outcome>): Promise<Outcome> {
  const refuse = async (cause?: unknown) => {
    const error = damageError(run, await damage(run, { settings: true }), cause);
    if (error) throw error;
  };
  const outcome = await work().catch(async (error: unknown) => {
    if (!isTransient(error)) await refuse(error);
    throw error;
  });
  if (outcome.state === 'failed') await refuse();
  return outcome;
}
