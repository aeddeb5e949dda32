import {
  awsNames,
  type Cloud,
  type CloudAccess,
  type Environment,
  type Identity,
  SoundBiteError,
  type Supervisor,
  shownUrl,
} from '@soundbite/model';
import { assertIdentity, assumeRole, isSessionKnown, sessionCache } from '../sessions.ts';
import { type EmulatedPlaces, ensureAccount } from './account.ts';

/** A snapshot waits for the stack's operation that runs; one that takes longer hangs. */
const snapshotWithinMs = 180_000;

/** How long an account may take to say how it is configured, in ms; whoever asks looks at all of it otherwise. */
const tellsWithinMs = 2000;

/** How long it is taken for granted that an account still knows a session, in ms. */
const knownForMs = 1000;

/** And that its process, which was just seen to run, is where it was: one step asks for it a dozen times. */
const runsForMs = 250;

/** Shares one answer among all who ask while it is made and for so many ms after; an error is nobody else's. */
function shared<T>(make: () => Promise<T>, forMs: number): () => Promise<T> {
  let held: { readonly answer: Promise<T>; until: number } | undefined;
  return () => {
    if (held && performance.now() < held.until) return held.answer;
    const mine = { answer: make(), until: Number.POSITIVE_INFINITY };
    held = mine;
    mine.answer.then(
      () => {
        mine.until = performance.now() + forMs;
      },
      () => {
        mine.until = 0;
      },
    );
    return mine.answer;
  };
}

/** Tells whether an account still knows a session, by asking it who that is; seldom enough to cost nothing. */
function knownLately(current: (session: CloudAccess) => Promise<CloudAccess>) {
  const asking = new WeakMap<CloudAccess, () => Promise<boolean>>();
  return (session: CloudAccess): Promise<boolean> => {
    const ask = asking.get(session) ?? shared(async () => isSessionKnown(await current(session)), knownForMs);
    asking.set(session, ask);
    return ask();
  };
}

/** An environment's emulated account: starts its process at the first use, then acts in it under real IAM roles. */
export function emulatedCloud(
  supervisor: Supervisor,
  places: EmulatedPlaces,
  environment: Environment,
  onLambda: (account: string) => number,
): Cloud {
  const { account, region } = environment.cloud;

  /** Where it was last. */
  let lastAt: string | undefined;
  const administrator = shared(async (): Promise<CloudAccess> => {
    const declared = { account, region, onLambda: onLambda(account) };
    const { endpoint, root } = await ensureAccount(supervisor, places, declared);
    lastAt = endpoint;
    const { shownAddress } = places;
    const shown = shownAddress === undefined ? {} : { shownEndpoint: shownUrl(endpoint, shownAddress) };
    return { kind: 'emulated', account, region, endpoint, ...shown, credentials: root };
  }, runsForMs);
  const endpoint = async (): Promise<string> => (await administrator()).endpoint ?? '';
  return {
    kind: 'emulated',
    access: accessOf(environment, administrator),
    checkpoint: async () => saveSnapshot(account, await endpoint()),
    configuration: async () => {
      try {
        // What answers where it was is this account as it runs, or has another revision.
        return await configurationAt(lastAt ?? (await endpoint()));
      } catch {
        // Who looks then hears why it cannot be asked.
        return null;
      }
    },
  };
}

/** Sessions outlive a kill -9 of the account: it journals them the moment it gives them. */
function accessOf(environment: Environment, administrator: () => Promise<CloudAccess>): Cloud['access'] {
  const { controllerRole } = awsNames(environment.name);
  const controllerArn = `arn:aws:iam::${environment.cloud.account}:role/${controllerRole}`;
  const current = async (session: CloudAccess): Promise<CloudAccess> => ({
    ...(await administrator()),
    credentials: session.credentials,
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
  return async (identity: Identity) => {
    if (identity === 'administrator') return administrator();
    if (identity === 'controller') return current(await controller('controller'));
    return current(await role(identity.role));
  };
}

async function saveSnapshot(account: string, endpoint: string): Promise<void> {
  const signal = AbortSignal.timeout(snapshotWithinMs);
  const answer = await fetch(`${endpoint}/_soundbite/snapshot`, { method: 'POST', signal });
  if (answer.ok) return;
  throw new SoundBiteError(
    'snapshot-failed',
    `account ${account} could not be saved: ${answer.status} ${await answer.text()}`,
  );
}

async function configurationAt(endpoint: string): Promise<string | null> {
  const answer = await fetch(`${endpoint}/_soundbite/configuration`, { signal: AbortSignal.timeout(tellsWithinMs) });
  // One that runs by older code does not know the question.
  if (!answer.ok) return null;
  const told = (await answer.json()) as { readonly configuration: string | null };
  return told.configuration && `${endpoint} ${told.configuration}`;
}
