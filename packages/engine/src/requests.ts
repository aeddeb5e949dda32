import { randomUUID } from 'node:crypto';
import {
  belowFloorError,
  blockedTargetError,
  canonicalJson,
  type Digest,
  type PromotionRequest,
  restOf,
  SoundBiteError,
  storable,
} from '@soundbite/model';
import { refuseOldFormat, refuseOldTarget } from './old-format.ts';
import type { PromotionPorts } from './ports.ts';
import type { Records } from './store/records.ts';
import { declared } from './workflow/run.ts';

/**
 * Records a request; returns the promotion's id. A rollback joins one under way to the release that it names, or to any if it names none; otherwise it
 * records which promotion under way it will stop once admitted. Errors: `environment-unknown`,
 * `nothing-to-promote`, `nothing-to-roll-back-to`, `release-format-old`, `usage`, `idempotency-mismatch`.
 */
export async function recordRequest(ports: PromotionPorts, store: Records, request: PromotionRequest): Promise<string> {
  const standing = (await standingFor(store, request)) ?? (await joined(store, request));
  if (standing) return standing;
  const { environments, digest } = ports.declaration();
  declared(ports, request.environment);
  const rest = restOf(
    environments.map(({ name }) => name),
    request,
  );
  const { liveRelease } = await store.environment(request.environment);
  const aborts = request.kind === 'rollback' ? await underWay(store, request.environment) : null;
  return store.create({
    id: randomUUID(),
    request,
    release: await releaseOf(ports, store, request, aborts !== null),
    previous: liveRelease,
    declaration: digest,
    rest,
    follows: null,
    aborts,
  });
}

/** Two requests for a rollback are one: the second does not stop the first. */
async function joined(store: Records, { kind, environment, release }: PromotionRequest): Promise<string | null> {
  if (kind !== 'rollback') return null;
  const open = await store.list({ environment, limit: 100, unfinished: true });
  const meant = open.find((one) => one.kind === 'rollback' && (release === undefined || one.release === release));
  return meant?.promotion ?? null;
}

/** The promotion of this key. The same key with another request is the caller's mistake. */
async function standingFor(store: Records, request: PromotionRequest): Promise<string | null> {
  if (request.idempotencyKey === undefined) return null;
  const standing = await store.withKey(request.idempotencyKey);
  if (!standing) return null;
  if (isSame(standing.request as PromotionRequest, storable(request))) return standing.id;
  throw new SoundBiteError(
    'idempotency-mismatch',
    `the key "${request.idempotencyKey}" was used for another request: promotion ${standing.id}`,
    { hint: 'use a new key for a new request' },
  );
}

/** Several people's `up` at once is one promotion: of who asked first. */
function isSame(standing: PromotionRequest, asked: PromotionRequest): boolean {
  const actor = asked.via === 'up' ? standing.actor : asked.actor;
  // In which role somebody asks again makes no other request.
  return canonicalJson({ ...standing, role: null }) === canonicalJson({ ...asked, actor, role: null });
}

async function underWay(store: Records, environment: string): Promise<string | null> {
  const open = await store.list({ environment, limit: 100, unfinished: true });
  return open.find(({ kind, state }) => kind === 'promote' && state === 'running')?.promotion ?? null;
}

/** The release of a request. A rollback that names none chooses again when its turn comes. */
async function releaseOf(
  ports: PromotionPorts,
  store: Records,
  request: PromotionRequest,
  isAborting: boolean,
): Promise<Digest> {
  const { environment, kind } = request;
  if (kind === 'rollback') {
    const target = request.release
      ? await namedTarget(ports, store, environment, request.release)
      : await wayBackOf(store, environment, isAborting);
    await refuseOldTarget(ports, store, environment, target);
    return target;
  }
  const release = request.release ?? (await nextRelease(ports, store, environment));
  // One that was not named may be another home's: the promotion waits for it, and says so.
  const found = await ports.releases.get(release).catch((error: unknown) => {
    if (request.release) throw error;
    return null;
  });
  if (found) refuseOldFormat(found);
  return release;
}

/** The floor is asked first: a release below it may be gone. */
async function namedTarget(
  ports: PromotionPorts,
  store: Records,
  environment: string,
  release: Digest,
): Promise<Digest> {
  const block = await store.blockOf(release);
  if (block?.blocked) throw blockedTargetError(block);
  const floor = await store.floorAbove(environment, release);
  if (floor) throw belowFloorError(environment, floor, release);
  return (await ports.releases.get(release)).digest;
}

async function wayBackOf(store: Records, environment: string, isAborting: boolean): Promise<Digest> {
  const { liveRelease, previousRelease } = await store.environment(environment);
  // The live release returns when the promotion under way stops.
  const target = isAborting ? (liveRelease ?? previousRelease) : previousRelease;
  if (target) return target;
  const floor = await store.rollbackFloor(environment);
  if (floor) throw belowFloorError(environment, floor);
  throw new SoundBiteError('nothing-to-roll-back-to', `no other release was healthy in ${environment}`, {
    hint: isAborting
      ? `soundbite abort ${environment}`
      : `soundbite history ${environment}, then soundbite rollback ${environment} --to <release>`,
  });
}

/** The newest release for the first environment; for any other the live release of the one before. */
async function nextRelease(ports: PromotionPorts, store: Records, environment: string): Promise<Digest> {
  const { environments } = ports.declaration();
  const before = environments[environments.findIndex(({ name }) => name === environment) - 1];
  const release = before
    ? (await store.environment(before.name)).liveRelease
    : (await ports.releases.list())[0]?.digest;
  if (release) return release;
  const [message, hint] = before
    ? [`${before.name} is empty`, `soundbite promote ${before.name}`]
    : ['no release has been cut', 'soundbite release cut'];
  throw new SoundBiteError('nothing-to-promote', message, { hint });
}
