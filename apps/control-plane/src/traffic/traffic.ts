import type { TrafficList, TrafficQuery } from '@soundbite/client';
import { type Environment, type KnownTraffic, type ShownTraffic, shownTraffic } from '@soundbite/model';
import { environmentStanding, undeclared } from '../undeclared.ts';
import { within } from '../within.ts';
import type { World } from '../world/world.ts';
import { type Clocks, trafficReader } from './reader.ts';

/** Nobody waits longer for a look, in ms: it goes on, and the next answer has it. */
const patienceMs = 2_000;
/** After so many ms in which nobody asked, what was read is forgotten. */
const keptMs = 10 * 60_000;

interface Kept {
  readonly reader: ReturnType<typeof trafficReader>;
  askedAt: number;
  /** What was shown of the hour last, and of what: many readers ask for the same. */
  shown: { readonly of: KnownTraffic; readonly minute: number; readonly hour: ShownTraffic } | null;
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

  function keptOf(environment: Environment): Kept {
    const { name, runtime, cloud } = environment;
    // One that is declared elsewhere now has other requests.
    const key = [name, runtime, cloud.kind, cloud.account, cloud.region].join(' ');
    const one = kept.get(key) ?? { reader: trafficReader(world, environment, clocks), askedAt: 0, shown: null };
    one.askedAt = clocks.passed();
    kept.set(key, one);
    return one;
  }

  function forget(): void {
    clearTimeout(sweeping);
    for (const [key, { askedAt }] of kept) if (clocks.passed() - askedAt >= keptMs) kept.delete(key);
    if (kept.size > 0) sweeping = setTimeout(forget, keptMs).unref();
  }

  async function seen(environment: Environment, steps: Parameters<typeof shownTraffic>[2]) {
    const one = keptOf(environment);
    await within(one.reader.looked(), patienceMs);
    const { known, problem } = one.reader.found();
    const now = clocks.now();
    const shown = known && (steps === null ? hourOf(one, known, now) : shownTraffic(known, now, steps));
    return { environment: environment.name, problem, seen: shown };
  }

  return async ({ environment, since }: TrafficQuery): Promise<TrafficList> => {
    const asked =
      environment === undefined
        ? [...world.declaration().environments, ...(await undeclared(world))]
        : [await environmentStanding(world, environment)];
    forget();
    const steps = environment === undefined ? null : { since: since === undefined ? undefined : Date.parse(since) };
    const environments = await Promise.all(asked.map((one) => seen(one, steps)));
    // Of what was kept just now, too.
    forget();
    return { at: new Date(clocks.now()).toISOString(), environments };
  };
}

/** The same for all who ask in a minute, unless a look has found more. */
function hourOf(one: Kept, known: KnownTraffic, now: number): ShownTraffic {
  const minute = Math.floor(now / 60_000);
  if (one.shown?.of !== known || one.shown.minute !== minute)
    one.shown = { of: known, minute, hour: shownTraffic(known, now, null) };
  return one.shown.hour;
}
