import { type Environment, headers, type Observation, type PinnedResponse, type Target } from '@soundbite/model';
import type { World } from './world/world.ts';

/** The parts of the world that a look at an environment needs. */
export type LookWorld = Pick<World, 'infrastructure' | 'clouds' | 'runtime' | 'looks'>;

/** What was found about the route of requests and jobs, or why it could not be read. */
export type Observed = Observation | null | Error;

/** The answer about readiness. */
export interface ReadyAnswer {
  readonly status: number;
  /** By its header, or as the runtime knows; null: neither says. */
  readonly release: string | null;
  readonly text: string;
  /** It keeps the service contract, by which each answer names its release. */
  readonly keepsContract: boolean;
}

/** One look at an environment, whatever should be live there. */
interface Seen {
  readonly observed: Observed;
  /** Null: there is no version to ask. `undeclared`: nothing is declared to ask it. An error: why there was no answer. */
  readonly asked: ReadyAnswer | null | 'undeclared' | Error;
}

/** How long a probe of /ready may take, in ms: a cold Lambda function with cold dependencies included. */
const probeWithin = 10_000;

/** How long the outputs of a healthy stack are remembered, in ms; after our own changes they are read again at once. */
const stackHoldsMs = 10 * 60_000;

/**
 * A look for polling callers: where looks are expensive, the previous one answers as long as it is valid. Never throws: why it could
 * not be looked at is what was found.
 */
export async function lookAt(world: LookWorld, environment: Environment): Promise<Seen> {
  const everyMs = world.runtime(environment.runtime).looksEveryMs(environment);
  if (everyMs === 0) return looked(world, environment);
  return world.looks.once(environment, 'condition', () => looked(world, environment), { everyMs });
}

async function looked(world: LookWorld, environment: Environment): Promise<Seen> {
  const runtime = world.runtime(environment.runtime);
  const looking = targetOrWhy(world, environment, 'often');
  // Where this machine gives the address nothing of what is observed is needed to ask there.
  const atOnce = runtime.isHere(environment)
    ? looking.then(({ target }) => readiness(world, environment, target, null)).catch(asError)
    : null;
  const { target, observed } = await observationAt(world, environment, await looking, 'often');
  // The fault may be in the outputs that we remember.
  if (observed instanceof Error || (observed && observed.drift.length > 0))
    world.looks.forget(environment.name, 'stack');
  return { observed, asked: await (atOnce ?? readiness(world, environment, target, observed).catch(asError)) };
}

/** What runs in an environment, according to its runtime; null without a stack. Never throws, as `lookAt`. */
export const observationOf = async (world: LookWorld, environment: Environment, only?: 'often'): Promise<Found> =>
  observationAt(world, environment, await targetOrWhy(world, environment, only), only);

interface Found {
  readonly target: Target | null;
  readonly observed: Observed;
}

/** The environment as its runtime sees it, or why its stack could not be read. */
async function targetOrWhy(
  world: LookWorld,
  environment: Environment,
  only?: 'often',
): Promise<{ readonly target: Target | null; readonly why: Error | null }> {
  try {
    const target = only ? await rememberedTarget(world, environment) : await targetOf(world, environment);
    return { target, why: null };
  } catch (error) {
    return { target: null, why: asError(error) };
  }
}

async function observationAt(
  world: LookWorld,
  environment: Environment,
  { target, why }: Awaited<ReturnType<typeof targetOrWhy>>,
  only?: 'often',
): Promise<Found> {
  if (!target) return { target, observed: why };
  const observed = await world.runtime(environment.runtime).observe(target, only).catch(asError);
  return { target, observed };
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** Asks at the public address, unless that requires a user's token: then only the look may have asked the live version. */
async function readiness(
  world: LookWorld,
  environment: Environment,
  target: Target | null,
  observed: Observed,
): Promise<ReadyAnswer | null | 'undeclared'> {
  const runtime = world.runtime(environment.runtime);
  const outputs = target?.outputs ?? null;
  const paths = await runtime.healthPaths(environment, outputs);
  if (paths === null) return 'undeclared';
  const { ready: path, keepsContract } = paths;
  if (observed && !(observed instanceof Error) && observed.ready !== undefined)
    return answerOf(observed.ready, keepsContract);
  const address = await runtime.address(environment, outputs);
  if (!address || address.wantsToken) return null;
  const answer = await fetch(`${address.url}${path}`, { signal: AbortSignal.timeout(probeWithin) });
  const release = answer.headers.get(headers.release);
  return { status: answer.status, release, text: await answer.text(), keepsContract };
}

function answerOf(answer: PinnedResponse | Error | null, keepsContract: boolean): ReadyAnswer | null {
  if (answer instanceof Error) throw answer;
  return (
    answer && {
      status: answer.status,
      release: answer.headers[headers.release] ?? answer.release ?? null,
      text: Buffer.from(answer.body).toString('utf8'),
      keepsContract,
    }
  );
}

/**
 * As `targetOf`, remembered: where looks are dear for some time, since the outputs of a stack change by deploys only; where the account says how it is
 * configured for as long as that is the same.
 */
export async function rememberedTarget(world: LookWorld, environment: Environment): Promise<Target | null> {
  const everyMs = world.runtime(environment.runtime).looksEveryMs(environment);
  if (everyMs === 0) return targetAsConfigured(world, environment);
  return world.looks.once(environment, 'stack', () => targetOf(world, environment), {
    everyMs,
    holdsMs: (target) => (target ? stackHoldsMs : everyMs),
  });
}

async function targetAsConfigured(world: LookWorld, environment: Environment): Promise<Target | null> {
  const cloud = await world.clouds.of(environment);
  // Asked before the look: what changes during it makes the next one look again.
  const configuration = (await cloud.configuration?.()) ?? null;
  const target = await world.looks.whileSame(environment, 'stack', configuration, () => targetOf(world, environment));
  return target && { ...target, configuration };
}

/** The environment as its runtime sees it; null without a stack. */
async function targetOf(world: LookWorld, environment: Environment): Promise<Target | null> {
  const cloud = await world.clouds.of(environment);
  const stack = await world.infrastructure.state(environment, cloud);
  return stack ? { environment, cloud, outputs: stack.outputs, deployed: stack.release } : null;
}
