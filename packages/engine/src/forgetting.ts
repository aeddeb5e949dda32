import { SoundBiteError } from '@soundbite/model';
import { dropQueue } from './queue.ts';
import type { Forgetting, OtherHome } from './store/homes.ts';
import type { Records } from './store/records.ts';

/** Fewer digits name no home. */
const leastDigits = 4;

/** See `Engine.forget`. That home's queued work is cancelled, too: if the home comes back, it has nothing to resume. */
export async function forgetElsewhere(
  records: Records,
  environment: string,
  digits: string,
  forgetting: Forgetting,
): Promise<void> {
  // A repeated request with the same key may arrive after it is done.
  if (await records.isForgotten(forgetting.idempotencyKey)) return;
  const home = named(await records.otherHomes(), environment, digits);
  if (!(await records.forgetElsewhere(environment, home.id, forgetting)))
    throw new SoundBiteError(
      'environment-busy',
      `the control plane of home ${home.id.slice(0, 8)} runs${home.host === null ? '' : ` on ${home.host}`}`,
      { hint: `run it there: soundbite destroy ${environment}` },
    );
  await dropQueue(home.id, environment);
}

/** The home of those digits that has the environment on record. Errors: `environment-unknown`. */
function named(others: readonly OtherHome[], environment: string, digits: string): OtherHome {
  const found = others.filter(({ id }) => digits.length >= leastDigits && id.startsWith(digits));
  const [home] = found;
  if (home && found.length === 1 && home.environments.includes(environment)) return home;
  const has = found.flatMap((one) => one.environments.map((name) => `${name}@${one.id.slice(0, 8)}`));
  const why = has.length > 0 ? `the records hold ${has.join(', ')}` : 'no other home with these digits has records';
  throw new SoundBiteError('environment-unknown', `there is no ${environment}@${digits}: ${why}`, {
    hint: 'soundbite doctor --verbose',
  });
}
