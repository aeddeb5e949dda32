import type { TrafficList, TrafficQuery } from '@soundbite/client';
import { type Environment, shownTraffic } from '@soundbite/model';
import { environmentStanding, undeclared } from '../undeclared.ts';
import type { World } from '../world/world.ts';
import { type Clocks, trafficReader } from './reader.ts';

/** Nobody waits longer for a look, in ms: it goes on, and the next answer has it. */
const patienceMs = 2_000;
/** After so many ms in which nobody asked, what was read is forgotten. */
const keptMs = 10 * 60_000;

interface Kept {
  readonly reader: ReturnType<typeof trafficReader>;
  askedAt: number;
}

type TrafficWorld = Pick<World, 'declaration' | 'engine' | 'infrastructure' | 'clouds' | 'runtime' | 'looks'>;

const realClocks: Clocks = { now: Date.now, passed: () => performance.now() };

/**
 * What users asked of environments, read when somebody wants to know, and nowhere recorded: whoever answers for the requests has them. Errors:
 * `environment-unknown`.
 */
export function trafficOf(world: TrafficWorld, clocks: Clocks = realClocks) {
  const kept = new Map<string, Kept>();
  let sweeping: NodeJS.Timeout | undefined;

  function readerOf(environment: Environment): Kept['reader'] {
    const { name, runtime, cloud } = environment;
    // One that is declared elsewhere now has other requests.
    const key = [name, runtime, cloud.kind, cloud.account, cloud.region].join(' ');
    const one = kept.get(key) ?? { reader: trafficReader(world, environment, clocks), askedAt: 0 };
    one.askedAt = clocks.passed();
    kept.set(key, one);
    return one.reader;
  }

  function forget(): void {
    clearTimeout(sweeping);
    for (const [key, { askedAt }] of kept) if (clocks.passed() - askedAt >= keptMs) kept.delete(key);
    if (kept.size > 0) sweeping = setTimeout(forget, keptMs).unref();
  }

  async function seen(environment: Environment, steps: Parameters<typeof shownTraffic>[2]) {
    const reader = readerOf(environment);
    await withinPatience(reader.looked());
    const { known, problem } = reader.found();
    return { environment: environment.name, problem, seen: known && shownTraffic(known, clocks.now(), steps) };
  }

  return async ({ environment, since }: TrafficQuery): Promise<TrafficList> => {
    const asked =
      environment === undefined
        ? [...world.declaration().environments, ...(await undeclared(world))]
        : [await environmentStanding(world, environment)];
    forget();
    const steps = environment === undefined ? null : { since: since === undefined ? undefined : Date.parse(since) };
    const environments = await Promise.all(asked.map((one) => seen(one, steps)));
    return { at: new Date(clocks.now()).toISOString(), environments };
  };
}

/** Also where it is over at once, the wait ends nothing. */
async function withinPatience(looked: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  await Promise.race([looked, impatience]);
  clearTimeout(timer);
}
