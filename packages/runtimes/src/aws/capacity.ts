import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import { type Capacity, concurrencyCapacity, concurrencyNeed, SoundBiteError } from '@soundbite/model';
import type { Clients } from './clients.ts';
import { retried } from './retry.ts';

/**
 * Whether the account's concurrency carries what a template declares. An emulated account is as large as this machine makes it: null.
 * Errors: `answer-unexpected` when the account tells no figure.
 */
export async function lambdaCapacity(
  { access, lambda, everyMs }: Clients,
  template: unknown,
): Promise<Capacity | null> {
  if (access.kind === 'emulated') return null;
  const { AccountLimit } = await retried({ kind: access.kind, firstMs: everyMs }, () =>
    lambda.send(new GetAccountSettingsCommand()),
  );
  const unreserved = AccountLimit?.UnreservedConcurrentExecutions;
  if (unreserved === undefined)
    throw new SoundBiteError('answer-unexpected', `GetAccountSettings of ${access.account} returned no concurrency`, {
      hint: 'see: soundbite aws <environment> lambda get-account-settings',
    });
  return concurrencyCapacity(concurrencyNeed(template), unreserved, access.region);
}
