import type { EnvironmentState, FindingView } from '@soundbite/client';
import { dependencyFindings } from '@soundbite/evidence';
import {
  cloudTrouble,
  type Digest,
  type Drift,
  type Environment,
  headers,
  type Observation,
  rowOfError,
  SoundBiteError,
  shortDigest,
  type Target,
  toErrorDocument,
} from '@soundbite/model';
import { findingsFor } from './look.ts';
import type { World } from './world/world.ts';

/** What asking an environment for its condition needs of the world. */
export type StateWorld = Pick<World, 'infrastructure' | 'clouds' | 'runtime'>;

/** How an environment is, and what is not well on the way of its requests and jobs: only findings that are not ok. */
export interface Condition {
  readonly state: EnvironmentState;
  readonly findings: readonly FindingView[];
}

/** How long a probe of /ready may take, in ms: a cold Lambda function with cold dependencies included. */
const probeWithin = 10_000;

/**
 * Healthy: ready, with the recorded release alone, and nothing is there that no promotion made. Degraded: it answers otherwise. Down: no answer.
 * While a promotion is under way only what has traffic counts: the rest may be its own half-done work.
 */
export async function conditionOf(
  world: StateWorld,
  environment: Environment,
  live: Digest | null,
  isBusy: boolean,
): Promise<Condition> {
  if (!live) return { state: 'empty', findings: [] };
  const { state, observed, ready } = await assessed(world, environment, live);
  // Of what somebody deleted in the account, or changed, the service knows first.
  const dependencies = ready && ready.status !== 200 ? dependencyFindings(ready.text) : [];
  const found = [
    ...dependencies.map((finding) => ({ ...finding, hint: `soundbite validate ${environment.name}` })),
    ...pathFindings(environment, live, observed, isBusy),
  ].filter(({ ok }) => !ok);
  const findings = findingsFor(environment.name, found);
  return { state: state === 'healthy' && findings.length > 0 ? 'degraded' : state, findings };
}

/**
 * The condition as gates ask for it: whether users meet the recorded release and nothing else. What has no traffic does not count. Errors: why it
 * could not be looked at (credentials, throttling, a machine that is away), which says nothing of the release.
 */
export async function environmentState(
  world: StateWorld,
  environment: Environment,
  live: Digest | null,
): Promise<EnvironmentState> {
  if (!live) return 'empty';
  const { state, observed, unasked } = await assessed(world, environment, live);
  if (observed instanceof Error) throw observed;
  if (unasked) throw unasked;
  return state;
}

/** What the way of requests and jobs was found to be, or why it could not be looked at. */
export type Observed = Observation | null | Error;

/** Findings about the way of requests and jobs: `running`, then one for each thing that no promotion made (`drift <where>`). */
export function pathFindings(
  { name }: Environment,
  live: Digest,
  observed: Observed,
  isBusy: boolean,
): readonly FindingView[] {
  if (observed === null)
    return [{ name: 'running', ok: false, detail: 'there is no stack', hint: `soundbite repair ${name}` }];
  if (observed instanceof Error) {
    const { message, hint } = toErrorDocument(observed);
    return [{ name: 'running', ok: false, detail: message, hint }];
  }
  const again = `soundbite promote ${name} --release ${live}`;
  const drift = observed.drift.filter(({ inTraffic }) => inTraffic || !isBusy);
  return [runningFinding(live, observed), ...drift.map((one) => driftFinding(one, again))];
}

/** What runs, read from the target, against what is recorded. */
function runningFinding(live: Digest, { versions }: Observation): FindingView {
  const serving = versions.filter(({ share }) => share > 0);
  const ok = isServedAlone(versions, live) && serving[0]?.healthy === true;
  const shares = serving.map(
    ({ release, share, detail }) => `${shortDigest(release)} at ${Math.round(share * 100)} % (${detail})`,
  );
  const detail = shares.join(', ') || 'no release takes traffic';
  return { name: 'running', ok, detail, ...(ok ? {} : { hint: 'soundbite up brings back what is recorded' }) };
}

const driftFinding = ({ where, detail, hint }: Drift, again: string): FindingView => ({
  name: `drift ${where}`,
  ok: false,
  detail,
  hint: hint ?? again,
});

const isServedAlone = (versions: Observation['versions'], live: Digest): boolean =>
  versions.some(({ release, share }) => release === live && share === 1);

/** What runs in an environment, by its runtime; null without a stack. Never throws: why it could not be looked at is what was found. */
export async function observationOf(
  world: Pick<World, 'infrastructure' | 'clouds' | 'runtime'>,
  environment: Environment,
): Promise<{ readonly target: Target | null; readonly observed: Observed }> {
  try {
    const target = await targetOf(world, environment);
    if (!target) return { target, observed: null };
    const observed = await world.runtime(environment.runtime).observe(target).catch(asError);
    return { target, observed };
  } catch (error) {
    return { target: null, observed: asError(error) };
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

async function assessed(world: StateWorld, environment: Environment, live: Digest): Promise<Assessment> {
  const { target, observed } = await observationOf(world, environment);
  // No answer within the time is what `down` means.
  const asked = await readiness(world, environment, live, target, observed).catch(asError);
  const ready = asked instanceof Error ? null : asked;
  const unasked = asked instanceof Error && isOfTheMachinery(asked) ? asked : null;
  if (!ready?.release) return { state: 'down', observed, ready, unasked };
  const isAsRecorded =
    ready.status === 200 &&
    ready.release === live &&
    observed !== null &&
    !(observed instanceof Error) &&
    isServedAlone(observed.versions, live) &&
    !observed.drift.some(({ inTraffic }) => inTraffic);
  return { state: isAsRecorded ? 'healthy' : 'degraded', observed, ready, unasked };
}

interface Assessment {
  readonly state: EnvironmentState;
  readonly observed: Observed;
  readonly ready: Readiness | null;
  /** Why nobody could be asked, where that is the account's or the machinery's doing. */
  readonly unasked: Error | null;
}

/** Whether an error came from ours or from AWS, and not from who was asked. */
const isOfTheMachinery = (error: Error): boolean =>
  (error instanceof SoundBiteError || cloudTrouble(error) !== null) && rowOfError(error).verdict === 'machinery';

/** What /ready answered. */
interface Readiness {
  readonly status: number;
  readonly release: string | null;
  readonly text: string;
}

/** Asks at the public address; where that wants a token of a user (a real account's authorizer), by invocation of the live version. */
async function readiness(
  world: StateWorld,
  environment: Environment,
  live: Digest,
  target: Target | null,
  observed: Observed,
): Promise<Readiness | null> {
  const address = await world.runtime(environment.runtime).address(environment, target?.outputs ?? null);
  if (!address) return null;
  if (address.wantsToken) {
    if (target === null || observed === null || observed instanceof Error) return null;
    const serving = observed.versions.find(({ share }) => share === 1);
    if (serving?.release !== live) return { status: 503, release: serving?.release ?? null, text: '' };
    const answer = await world.runtime(environment.runtime).request(target, live, { method: 'GET', path: '/ready' });
    const text = Buffer.from(answer.body).toString('utf8');
    return { status: answer.status, release: answer.headers[headers.release] ?? null, text };
  }
  const answer = await fetch(`${address.url}/ready`, { signal: AbortSignal.timeout(probeWithin) });
  return { status: answer.status, release: answer.headers.get(headers.release), text: await answer.text() };
}

/** The environment as its runtime sees it; null without a stack. */
async function targetOf(
  world: Pick<World, 'infrastructure' | 'clouds'>,
  environment: Environment,
): Promise<Target | null> {
  const cloud = await world.clouds.of(environment);
  const stack = await world.infrastructure.state(environment, cloud);
  return stack ? { environment, cloud, outputs: stack.outputs, deployed: stack.release } : null;
}
