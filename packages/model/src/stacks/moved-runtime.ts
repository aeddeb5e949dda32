import type { Environment } from '../declaration/shape.ts';
import { componentsOutput } from '../delivered/template.ts';
import { SoundBiteError } from '../errors.ts';
import { asRecord } from '../template.ts';

/** What a runtime in the account moves has an alias there; what runs elsewhere has none. */
const hasFunctions = (template: unknown): boolean =>
  Object.values(asRecord(asRecord(template).Resources)).some(
    (resource) => asRecord(resource).Type === 'AWS::Lambda::Alias',
  );

/** Why a release is not promoted where the live one runs in another way, and what to do. */
interface MovedRuntime {
  readonly reason: string;
  readonly hint: string;
}

/**
 * A release runs on this machine, and what is live there are functions of the stack, or the other way round. In place, users would have neither for a while, and no
 * rollback would lead back. `current` and `next` are combined templates. Null: both run alike.
 */
export function movedRuntime(
  environment: Pick<Environment, 'name' | 'runtime'>,
  current: unknown,
  next: unknown,
): MovedRuntime | null {
  const had = hasFunctions(current);
  return had === hasFunctions(next) ? null : said(environment, had);
}

/**
 * What is live as functions is not started here, whatever the declaration says by now: it was not cut for it. `outputs` are those of the stack that stands. Error:
 * `runtime-in-place`.
 */
export function demandRuntime(
  environment: Pick<Environment, 'name' | 'runtime'>,
  isInAccount: boolean,
  outputs: Readonly<Record<string, unknown>>,
): void {
  if (isInAccount || !(componentsOutput in outputs)) return;
  const { reason, hint } = said(environment, true);
  throw new SoundBiteError('runtime-in-place', reason, { hint });
}

function said({ name, runtime }: Pick<Environment, 'name' | 'runtime'>, hadFunctions: boolean): MovedRuntime {
  const live = hadFunctions ? 'as functions of its stack' : 'on this machine, without functions in its stack';
  return {
    reason: `${name} is live ${live}, and is declared with runtime: ${runtime} now; it does not move in place`,
    hint: `declare it as it was; or declare one of another name with runtime: ${runtime}; or, if its data may go, soundbite destroy ${name}, then promote`,
  };
}
