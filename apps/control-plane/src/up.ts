import type { UpLine, UpRequest } from '@soundbite/client';
import {
  type Actor,
  chainTo,
  type Digest,
  demandSharedDatabase,
  type Environment,
  isFinal,
  type PromotionRequest,
  SoundBiteError,
  shortDigest,
  toErrorDocument,
} from '@soundbite/model';
import { broughtBack } from './brought-back.ts';
import { environmentState } from './condition.ts';
import { recordCommit } from './cut-from.ts';
import { share } from './shared-copies.ts';
import { status } from './status.ts';
import { isWholeNow } from './whole.ts';
import type { World } from './world/world.ts';

type Promotion = Awaited<ReturnType<World['engine']['request']>>;

const say = (text: string): UpLine => ({ at: new Date().toISOString(), text });

/**
 * Starts everything, then (unless told not to) cuts a release if inputs changed and promotes it through the emulated environments, in order.
 * With names it handles only the chain as far as the last one; everything else keeps running. What was rolled back or refused is never promoted
 * again; unfinished promotions go on, and those that wait are said and not waited for. Errors: `environment-unknown`, `database-not-shared`,
 * `environment-real`, `database-newer`.
 */
export async function* up(
  world: World,
  { promote, environments: names = [] }: UpRequest,
  actor: Actor,
): AsyncGenerator<UpLine> {
  const chain = chainTo(world.declaration().environments, names);
  demandSharedDatabase(chain, world.config.databaseUrl);
  if (promote) refuseReal(chain, names);
  // The CLI asks before it replaces anything; where it replaces nothing, somebody may have migrated the database meanwhile.
  await world.engine.mustFit();

  yield* unfinished(world, chain);
  const here = chain.filter((environment) => world.runtime(environment.runtime).isHere(environment));
  for await (const text of broughtBack(world, here)) yield say(text);

  const emulated = chain.filter(({ cloud }) => cloud.kind === 'emulated');
  const repaired = yield* repair(world, emulated, promote ? actor : null);
  const { promotions, stopped } = promote
    ? yield* promoteThrough(world, chain, actor)
    : { promotions: [], stopped: null };
  // Without names, a real account is a normal end of `up`; with names, the requested environment is beyond it.
  const unreached = stopped?.byNature && names.length === 0 ? null : (stopped?.why ?? null);
  yield { status: await status(world), promotions: [...repaired, ...promotions], stopped: unreached };
}

/** A named environment means that the release should get there, but `up` never promotes into a real account. */
function refuseReal(chain: readonly Environment[], names: readonly string[]): void {
  const real = chain.find(({ name, cloud }) => names.includes(name) && cloud.kind === 'real');
  if (!real) return;
  throw new SoundBiteError(
    'environment-real',
    `${real.name} is a real account, and up promotes into emulated ones only`,
    {
      hint: `soundbite up, then soundbite promote ${real.name}`,
    },
  );
}

/** Brings back what somebody deleted or changed in these accounts; without an actor it only says so. */
async function* repair(
  world: World,
  emulated: readonly Environment[],
  actor: Actor | null,
): AsyncGenerator<UpLine, Promotion[]> {
  const lacking = await Promise.all(
    emulated.map(async (environment) => ({ environment, release: await releaseToRepair(world, environment) })),
  );
  const promotions: Promotion[] = [];
  for (const { environment, release } of lacking) {
    if (!release) continue;
    const { name } = environment;
    yield say(
      `${name}: something was deleted or changed in its account${actor === null ? `; soundbite repair ${name}` : ''}`,
    );
    if (actor === null) continue;
    promotions.push(yield* followed(world, await requested(world, environment, { release, actor, reason: restores })));
  }
  return promotions;
}

/** What is live in an environment that was changed goes on only after it was promoted there once more. Null: it goes on. */
async function* reconciled(
  world: World,
  before: Environment | undefined,
  actor: Actor,
): AsyncGenerator<UpLine, Promotion | null> {
  const { records } = world.engine;
  if (before?.cloud.kind !== 'emulated') return null;
  const changed = (await records.acting(before.name, null)).taints.length > 0 ? before : null;
  const release = changed && (await records.environment(changed.name)).liveRelease;
  if (!changed || !release) return null;
  yield say(`${changed.name}: it was changed outside of promotions, so its release is promoted there once more`);
  return yield* followed(world, await requested(world, changed, { release, actor, reason: restores }));
}

/** Why a release is promoted where it is live. */
const restores = 'restores what was deleted or changed in the account';

/** The live release of an environment after something in its account was deleted or changed by hand; null if everything is as deployed. */
async function releaseToRepair(world: World, environment: Environment): Promise<Digest | null> {
  const { liveRelease } = await world.engine.records.environment(environment.name);
  if (!liveRelease) return null;
  return (await isWholeNow(world, environment, liveRelease)) ? null : liveRelease;
}

interface Promoted {
  readonly promotions: Promotion[];
  /** Why it went no further; `byNature`: nothing is wrong, a real account is on the way, or a promotion waits for its turn. */
  readonly stopped: { readonly why: string; readonly byNature: boolean } | null;
}

async function* promoteThrough(
  world: World,
  chain: readonly Environment[],
  actor: Actor,
): AsyncGenerator<UpLine, Promoted> {
  yield say('cutting a release, if anything changed');
  const cut = await world.cutIfChanged(world.config.root);
  await recordCommit(world, world.config.root, cut.commit);
  yield say(
    `${cut.created ? 'cut' : 'there is already'} ${shortDigest(cut.release)}${cut.dirty ? ' (with uncommitted changes)' : ''}`,
  );
  const copy = await share(world, cut.release);
  if (copy?.problem) yield say(`not shared: ${copy.problem.message}; ${copy.problem.hint}`);
  const promotions: Promotion[] = [];
  let before: Environment | undefined;
  for (const environment of chain) {
    const decision = await wanted(world, environment, cut.release);
    if (decision === 'promote') {
      const stopped = endOfWay(environment) ?? (await unfit(world, before, environment));
      if (stopped) yield say(stopped.why);
      if (stopped) return { promotions, stopped };
      const restored = yield* reconciled(world, before, actor);
      if (restored) promotions.push(restored);
      if (restored && restored.state !== 'succeeded') return { promotions, stopped: whileWaiting(restored) };
      const asked = await requested(world, environment, { release: cut.release, actor });
      const done = yield* followed(world, asked);
      promotions.push(done);
      if (done.state !== 'succeeded') return { promotions, stopped: whileWaiting(done) };
    } else {
      if (decision) yield say(`${environment.name}: ${decision}`);
      const { liveRelease } = await world.engine.records.environment(environment.name);
      if (liveRelease !== cut.release) break;
    }
    before = environment;
  }
  return { promotions, stopped: null };
}

/** What has ended says itself why it went no further. */
const whileWaiting = (last: Promotion): Promoted['stopped'] =>
  isFinal(last.state) ? null : { why: leftWaiting(last), byNature: true };

/** A person promotes into a real account. What is behind it would be refused: the order is a law. */
const endOfWay = ({ name, cloud }: Environment): Promoted['stopped'] =>
  cloud.kind === 'emulated'
    ? null
    : {
        why: `${name} is a real account, into which up promotes nothing; continue with: soundbite promote ${name}`,
        byNature: true,
      };

/** A release is not brought on from an environment that is not well: the promotion would fail, and `up` never tries again what failed. */
async function unfit(
  world: World,
  before: Environment | undefined,
  { name }: Environment,
): Promise<Promoted['stopped']> {
  if (!before) return null;
  const { liveRelease } = await world.engine.records.environment(before.name);
  const state = await environmentState(world, before, liveRelease).catch((error: unknown) => {
    const { message, hint } = toErrorDocument(error);
    return `not to be looked at (${message}; ${hint})`;
  });
  const why = `${before.name} is ${state}, so nothing is promoted into ${name}; soundbite doctor ${before.name} says why`;
  return state === 'healthy' ? null : { why, byNature: false };
}

/** A promotion that `up` asks for. */
interface Wanted extends Pick<PromotionRequest, 'reason'> {
  readonly release: Digest;
  readonly actor: Actor;
}

/** Concurrent `up` commands share one promotion, and one that is open is waited for: the key changes with every promotion that is asked for there. */
async function requested(world: World, { name }: Environment, { release, actor, reason }: Wanted): Promise<Promotion> {
  const [open] = await world.engine.records.list({ environment: name, limit: 20, unfinished: true });
  const [last] = await world.engine.records.list({ environment: name, limit: 1 });
  if (open?.release === release && open.kind === 'promote') return world.engine.view(open.promotion);
  return world.engine.request({
    environment: name,
    kind: 'promote',
    release,
    ...(reason === undefined ? {} : { reason }),
    override: false,
    allowRemovals: [],
    actor: actor.name,
    via: 'up',
    idempotencyKey: `up ${reason ? 'restores ' : ''}${name} ${release} after ${last?.promotion ?? 'nothing'}`,
  });
}

/** Whether `up` promotes: not when it is live, and never again what ended here in any way but a broken machine. */
async function wanted(world: World, { name }: Environment, release: Digest): Promise<'promote' | string | null> {
  const { liveRelease } = await world.engine.records.environment(name);
  if (liveRelease === release) return null;
  const all = await world.engine.records.list({ environment: name, limit: 500, present: true });
  const past = all.find(
    (promotion) =>
      promotion.release === release &&
      promotion.kind === 'promote' &&
      isFinal(promotion.state) &&
      promotion.state !== 'errored',
  );
  if (!past) return 'promote';
  if (past.state === 'succeeded') {
    const isLeft = (one: Promotion) => one.kind === 'rollback' && one.previous === release && one.state === 'succeeded';
    const wasRolledBack = liveRelease === null || all.slice(0, all.indexOf(past)).some(isLeft);
    const was = wasRolledBack
      ? 'was rolled back here and is not promoted again'
      : `was live here before ${shortDigest(liveRelease)}, and up does not go back to it`;
    return `${shortDigest(release)} ${was}; soundbite promote ${name} --release ${shortDigest(release)} does it`;
  }
  return `${shortDigest(release)} ${past.state} here and is not promoted again: ${past.reason ?? ''}`;
}

/** Promotions that were under way go on by themselves; `up` follows them, but for those that wait. */
async function* unfinished(world: World, environments: readonly Environment[]): AsyncGenerator<UpLine> {
  for (const { name } of environments) {
    for (const open of (
      await world.engine.records.list({ environment: name, limit: 20, unfinished: true })
    ).reverse()) {
      yield say(`${name}: promotion ${open.promotion} goes on`);
      yield* followed(world, open);
    }
  }
}

/** How long a promotion may wait without news before `up` leaves it, in ms. An environment that has just restarted is healthy by then. */
const patienceMs = 12_000;

/** How long `up` waits for a promotion's old reason to be confirmed, in ms: the session that it waited for may have ended meanwhile. */
const confirmedWithinMs = 2_000;

/** Says each step as it ends, until the promotion is over; one that waits for something that `up` does not bring is left to itself. */
async function* followed(world: World, from: Promotion): AsyncGenerator<UpLine, Promotion> {
  const told = new Set<string>();
  for (let now = from, seen: number | undefined; ; ) {
    now = await world.engine.view(
      from.promotion,
      seen,
      now.waitsFor && seen !== undefined ? confirmedWithinMs : patienceMs,
    );
    const isFirst = seen === undefined;
    const isNews = now.revision !== seen;
    seen = now.revision;
    yield* stepsEnded(now, told);
    if (isFinal(now.state)) {
      yield say(`${now.environment}: ${now.state}${now.reason ? `: ${now.reason}` : ''}`);
      return now;
    }
    const isKnown = now.waitsFor !== null && !isFirst;
    if (!isKnown && (now.state !== 'waiting' || isNews || (await isUnderWay(world, now.environment)))) continue;
    yield say(leftWaiting(now));
    return now;
  }
}

/** Reports what happened since the last call, each event once. */
function* stepsEnded({ environment, state, reason, steps, gates }: Promotion, told: Set<string>): Generator<UpLine> {
  for (const { gate, verdict, reasons } of gates) {
    if (gate !== 'approval' || verdict !== 'pass' || told.has(gate)) continue;
    told.add(gate);
    yield say(`${environment}: ${gate}: ${reasons.join(', ')}`);
  }
  for (const { name, state, seconds } of steps) {
    if (state === 'running' || told.has(name)) continue;
    told.add(name);
    yield say(`${environment}: ${name} ${state}${seconds === null ? '' : ` (${seconds.toFixed(1)} s)`}`);
  }
  if (isFinal(state) || !reason) return;
  // What changes with each look in what a step waits for is said once.
  const news = state === 'waiting' ? reason : reason.split(':')[0];
  if (told.has(`reason ${news}`)) return;
  told.add(`reason ${news}`);
  yield say(`${environment}: ${state === 'waiting' ? 'waiting, ' : ''}${reason}`);
}

/** Something acts in the environment now, so a promotion waiting behind it gets its turn soon. */
const isUnderWay = async ({ engine }: World, environment: string): Promise<boolean> =>
  (await engine.records.list({ environment, limit: 20, unfinished: true })).some(({ state }) => state === 'running');

const leftWaiting = ({ environment, promotion, reason }: Promotion): string =>
  `${environment}: promotion ${promotion} still waits${reason ? `: ${reason}` : ''}; it continues by itself, and up does not wait for it`;
