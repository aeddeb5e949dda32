import type {
  BlockRequest,
  BlockView,
  FreezeList,
  FreezeRequest,
  HoldList,
  HoldRequest,
  ResumeRequest,
  TaintAcceptance,
  TaintList,
  UnblockRequest,
} from '@soundbite/client';
import { type Digest, goesOnChanging, type HoldEnder, holdsToEnd, mustBeAhead, SoundBiteError } from '@soundbite/model';
import { devRecords } from './dev-records.ts';
import { sessionText } from './dev-session.ts';
import { foundAnywhere } from './releases.ts';
import { environmentStanding } from './undeclared.ts';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

/** What of a world freezes and holds need. */
type FlowWorld = Pick<World, 'declaration'> & { readonly engine: Pick<World['engine'], 'records'> };

type StandingWorld = Parameters<typeof environmentStanding>[0] & FlowWorld;

/** In force, newest first. Errors: `environment-unknown`. */
export async function freezes({ declaration, engine }: FlowWorld, name?: string): Promise<FreezeList> {
  if (name !== undefined) environmentNamed(declaration(), name);
  return { freezes: [...(await engine.records.freezes(name))] };
}

/** The freezes in force there afterwards. Errors: `environment-unknown`, `usage` where it would have ended, or lasts too long. */
export async function addFreeze(
  world: FlowWorld,
  name: string,
  { until, reason, idempotencyKey }: FreezeRequest,
  by: string,
): Promise<FreezeList> {
  environmentNamed(world.declaration(), name);
  mustBeAhead(until, Date.now());
  await world.engine.records.addFreeze({ environment: name, until, reason, by, idempotencyKey });
  return freezes(world, name);
}

/** The freezes still in force there. One that has ended already is no error. Errors: `freeze-unknown`. */
export async function removeFreeze({ engine }: FlowWorld, id: string, by: string): Promise<FreezeList> {
  const environment = await engine.records.removeFreeze(id, by);
  if (environment === null) throw new SoundBiteError('freeze-unknown', `there is no freeze ${id}`);
  return { freezes: [...(await engine.records.freezes(environment))] };
}

/** The holds in force there afterwards. Errors: `environment-unknown`, `usage` where it would have ended, or lasts too long. */
export async function hold(
  { declaration, engine }: FlowWorld,
  name: string,
  request: HoldRequest,
  by: string,
): Promise<HoldList> {
  const until = request.until ?? null;
  environmentNamed(declaration(), name);
  if (until !== null) mustBeAhead(until, Date.now());
  await engine.records.hold({ ...request, environment: name, until, by });
  return holdsIn(engine, name);
}

/** Who resumes an environment, and which hold is meant: one's own when none is named. */
export interface Resuming extends ResumeRequest {
  readonly ender: HoldEnder;
}

/** The holds still in force there. One that has ended already is no error. Errors: `environment-unknown`, `hold-unknown`, `hold-of-others`. */
export async function resume(
  { declaration, engine }: FlowWorld,
  name: string,
  { hold, ender }: Resuming,
): Promise<HoldList> {
  environmentNamed(declaration(), name);
  if (hold !== undefined && !(await engine.records.hadHold(name, hold)))
    throw new SoundBiteError('hold-unknown', `${name} has no hold ${hold}`);
  const { holds } = await engine.records.acting(name, null);
  const ids = holdsToEnd(holds, ender, hold);
  if (ids.length > 0) await engine.records.resume(name, ids, ender.name);
  return holdsIn(engine, name);
}

const holdsIn = async ({ records }: FlowWorld['engine'], name: string): Promise<HoldList> => ({
  holds: [...(await records.acting(name, null)).holds],
});

/** Open ones, and those that ended within a day, newest first. Errors: `environment-unknown`. */
export async function taints(world: StandingWorld, name?: string): Promise<TaintList> {
  if (name !== undefined) await environmentStanding(world, name);
  return { taints: [...(await world.engine.records.taints(name))] };
}

/**
 * Lets what is live in a changed environment go on. Where nothing is open, nothing happens. Errors: `environment-unknown`, `taint-unknown`,
 * `environment-busy` while a session goes on changing it: nobody accepts what is still to come.
 */
export async function acceptTaints(
  world: StandingWorld & { readonly config: Pick<World['config'], 'home'> },
  name: string,
  request: TaintAcceptance,
  by: string,
): Promise<TaintList> {
  await environmentStanding(world, name);
  // A session whose control plane died keeps no lock until the next one takes it on; its record stays.
  const session = (await devRecords(world.config.home).list()).find(({ environment }) => environment === name);
  if (session) throw goesOnChanging(name, sessionText(session));
  const isKnown = ({ id }: { readonly id: string }) => id === request.taint;
  if (request.taint !== undefined && !(await world.engine.records.taints(name)).some(isKnown))
    throw new SoundBiteError('taint-unknown', `${name} has no taint ${request.taint}`);
  await world.engine.records.acceptTaints(name, { ...request, by });
  return taints(world, name);
}

/** Keeps a release from going anywhere further: what is under way with it is stopped. Errors: `release-unknown`, those of the shared store. */
export async function block(world: World, release: Digest, { reason }: BlockRequest, by: string): Promise<BlockView> {
  const { records } = world.engine;
  if (!(await records.isKnownRelease(release))) await foundAnywhere(world, release);
  const wanted = { release, blocked: true, reason, by };
  await records.setBlock(wanted);
  // A request that came at this moment may have been let in before it could be seen.
  await records.setBlock(wanted);
  return (await records.blockOf(release)) ?? wanted;
}

/** Lets a release go on again. One that was never blocked is no error. */
export async function unblock(
  { engine }: FlowWorld,
  release: Digest,
  { reason = '' }: UnblockRequest,
  by: string,
): Promise<BlockView> {
  const wanted = { release, blocked: false, reason, by };
  if ((await engine.records.blockOf(release))?.blocked) await engine.records.setBlock(wanted);
  return (await engine.records.blockOf(release)) ?? wanted;
}
