import {
  awsNames,
  type Cloud,
  type CloudAccess,
  type Environment,
  type Identity,
  SoundBiteError,
  type Supervisor,
} from '@soundbite/model';
import { assertIdentity, assumeRole, isSessionKnown, sessionCache } from '../sessions.ts';
import { type EmulatedPlaces, ensureAccount } from './account.ts';

/** A snapshot waits for the stack's operation that runs; one that takes longer hangs. */
const snapshotWithinMs = 180_000;

/** How long it is taken for granted that an account still knows a session, in ms. */
const knownForMs = 1000;

/** Tells whether an account still knows a session, by asking it who that is; seldom enough to cost nothing. */
function knownLately(current: (session: CloudAccess) => Promise<CloudAccess>) {
  const seen = new WeakMap<CloudAccess, number>();
  return async (session: CloudAccess): Promise<boolean> => {
    if (performance.now() - (seen.get(session) ?? Number.NEGATIVE_INFINITY) < knownForMs) return true;
    if (!(await isSessionKnown(await current(session)))) return false;
    seen.set(session, performance.now());
    return true;
  };
}

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
  const current = async (session: CloudAccess): Promise<CloudAccess> => ({
    ...session,
    endpoint: (await administrator()).endpoint ?? '',
  });
  // An account whose state somebody threw away knows none of them.
  const isKnown = knownLately(current);
  const controller = sessionCache(
    async () => assertIdentity(await assumeRole(await administrator(), controllerArn, 'soundbite-controller')),
    isKnown,
  );
  const role = sessionCache(
    async (arn) => assumeRole(await current(await controller('controller')), arn, 'soundbite-service'),
    isKnown,
  );

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
