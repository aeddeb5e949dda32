import type { AwayHome, FindingView } from '@soundbite/client';
import type { World } from './world/world.ts';

type Home = Awaited<ReturnType<World['engine']['records']['otherHomes']>>[number];

/** Other homes on the database whose control planes do not run, and their records. */
export async function awayHomes({ engine }: Pick<World, 'engine'>): Promise<AwayHome[]> {
  const homes = (await engine.records.otherHomes()).filter(({ isRunning }) => !isRunning);
  return homes.map(({ id, host, environments, unfinished }: Home) => ({
    home: id,
    host,
    environments: [...environments],
    unfinished: [...unfinished],
  }));
}

/** A home that is switched off is well, unless something waits for it; how its records are forgotten is said of both. */
export function awayFinding({ home, host, environments, unfinished }: AwayHome): FindingView {
  const digits = home.slice(0, 8);
  const where = host === null ? '' : ` on ${host}`;
  const waits = unfinished.length > 0 ? `; ${unfinished.length} of its promotions have not ended` : '';
  const forgetting = environments.map((name) => `soundbite destroy ${name}@${digits} --reason "…"`).join(', ');
  return {
    name: `home ${digits}`,
    ok: unfinished.length === 0,
    detail: `its control plane${where} does not run; it has ${environments.join(', ')}${waits}`,
    hint: `start it there: soundbite up; if that home is gone for good: ${forgetting}`,
  };
}
