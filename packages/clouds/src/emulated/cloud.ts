import {
  awsNames,
  type Cloud,
  type CloudAccess,
  type Environment,
  type Identity,
  SoundBiteError,
  type Supervisor,
} from '@soundbite/model';
import { assertIdentity, assumeRole, sessionCache } from '../sessions.ts';
import { type EmulatedPlaces, ensureAccount } from './account.ts';

/** A snapshot waits for the stack's operation that runs; one that takes longer hangs. */
const snapshotWithinMs = 180_000;

/** An environment's emulated account: starts its process at the first use, then acts in it under real IAM roles. */
export function emulatedCloud(supervisor: Supervisor, places: EmulatedPlaces, environment: Environment): Cloud {
  const { account, region } = environment.cloud;

  const administrator = async (): Promise<CloudAccess> => {
    const { endpoint, root } = await ensureAccount(supervisor, places, account, region);
    return { kind: 'emulated', account, region, endpoint, credentials: root };
  };
  const snapshot = async (): Promise<void> => {
    const { endpoint } = await administrator();
    const answer = await fetch(`${endpoint}/_soundbite/snapshot`, {
      method: 'POST',
      signal: AbortSignal.timeout(snapshotWithinMs),
    });
    if (answer.ok) return;
    throw new SoundBiteError(
      'snapshot-failed',
      `account ${account} could not be saved: ${answer.status} ${await answer.text()}`,
    );
  };
  // Sessions outlive a kill -9 of the account: it journals them the moment it gives them.
  const controllerArn = `arn:aws:iam::${account}:role/${awsNames(environment.name).controllerRole}`;
  const controller = sessionCache(async () =>
    assertIdentity(await assumeRole(await administrator(), controllerArn, 'soundbite-controller')),
  );
  const role = sessionCache(async (arn) => assumeRole(await controller('controller'), arn, 'soundbite-service'));

  const current = async (session: CloudAccess): Promise<CloudAccess> => ({
    ...session,
    endpoint: (await administrator()).endpoint ?? '',
  });

  return {
    kind: 'emulated',
    async access(identity: Identity) {
      if (identity === 'administrator') return administrator();
      if (identity === 'controller') return current(await controller('controller'));
      return current(await role(identity.role));
    },
    checkpoint: snapshot,
  };
}
