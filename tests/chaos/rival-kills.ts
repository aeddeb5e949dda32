import type { RivalRun } from './rival-stage.ts';

/** What dies while a crowd waits: one of the two, both at once, or their database. */
const victims = ['one', 'two', 'both', 'postgres'] as const;

/** The calls in whose middle one dies. */
const moments = [
  'releases.verify',
  'infrastructure.state',
  'infrastructure.deploy',
  'runtime.install',
  'programs.collect',
  'runtime.setWeights',
  'runtime.observe',
  'runtime.retire',
] as const;

/** Of ten deaths in the middle of a call so many are the database's. */
const postgresShare = 0.2;

/** Takes down one kill. */
function count(
  run: RivalRun,
  during: 'waiting' | 'running',
  victim: 'control-plane' | 'postgres',
  where: string,
): void {
  const { during: times, victims: by } = run.result;
  run.left--;
  times[during]++;
  by[victim] = (by[victim] ?? 0) + 1;
  run.say(`rivals ${where}: kill -9 ${victim}`);
}

/** Kills while a crowd waits, and has what died started anew. */
export async function strike(run: RivalRun, where: string): Promise<void> {
  const { stage, chance } = run;
  const victim = chance.pick(victims);
  if (victim === 'postgres') {
    count(run, 'waiting', 'postgres', where);
    return stage.killPostgres();
  }
  const dying = stage.names.filter((name) => victim === 'both' || victim === name);
  for (const _ of dying) count(run, 'waiting', 'control-plane', where);
  await Promise.all(dying.map((name) => stage.kill(name)));
  await Promise.all(dying.map((name) => stage.start(name)));
}

/**
 * Kills whichever of the two comes first to a call of this kind, in its middle: before the world hears of it, or after the world has done it. `over`: those
 * who waited for that may end; nobody may have come to it.
 */
export function dieInTheMiddle(run: RivalRun, where: string): { over(): Promise<void> } {
  const { stage, chance } = run;
  const moment = chance.pick(moments);
  const [isLost, isPostgres] = [chance.number() < 0.5, chance.number() < postgresShare];
  const held = stage.names.map((name) => ({ name, ...stage.rival(name).hold(moment, []) }));
  const ended = Promise.withResolvers<null>();
  const struck = Promise.race([...held.map((one) => one.reached.then(() => one)), ended.promise]).then(
    async (first) => {
      for (const one of held) if (one !== first) one.go();
      if (!first) return;
      count(run, 'running', isPostgres ? 'postgres' : 'control-plane', `${where}, ${moment}`);
      if (isPostgres || !isLost) first.go();
      if (isPostgres) return stage.killPostgres();
      await stage.kill(first.name);
      await stage.start(first.name);
    },
  );
  return {
    async over() {
      ended.resolve(null);
      await struck;
    },
  };
}
