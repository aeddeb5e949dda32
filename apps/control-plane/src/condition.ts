import type { EnvironmentState, FindingView } from '@soundbite/client';
import { dependencyFindings } from '@soundbite/evidence';
import {
  cloudTrouble,
  type Digest,
  type Drift,
  type Environment,
  type Observation,
  rowOfError,
  SoundBiteError,
  shortDigest,
  toErrorDocument,
} from '@soundbite/model';
import { findingsFor } from './look.ts';
import { type LookWorld, lookAt, type Observed, type ReadyAnswer } from './look-at.ts';

/** How an environment is, and what is not well on the way of its requests and jobs: only findings that are not ok. */
export interface Condition {
  readonly state: EnvironmentState;
  readonly findings: readonly FindingView[];
}

/**
 * Healthy: ready, with the recorded release alone, and nothing is there that no promotion made. Degraded: it answers otherwise. Down: no answer.
 * While a promotion is under way only what has traffic counts, and its release (`coming`) may have it beside the recorded one, or alone: that is its own work.
 */
export async function conditionOf(
  world: LookWorld,
  environment: Environment,
  live: Digest | null,
  coming: Digest | null,
): Promise<Condition> {
  if (!live) return { state: 'empty', findings: [] };
  const { state, observed, ready } = await assessed(world, environment, live, coming);
  // Of what somebody deleted in the account, or changed, the service knows first.
  const dependencies = ready?.keepsContract && ready.status !== 200 ? dependencyFindings(ready.text) : [];
  const found = [
    ...dependencies.map((finding) => ({ ...finding, hint: `soundbite validate ${environment.name}` })),
    ...pathFindings(environment, live, observed, coming),
  ].filter(({ ok }) => !ok);
  const findings = findingsFor(environment.name, found);
  return { state: state === 'healthy' && findings.length > 0 ? 'degraded' : state, findings };
}

/**
 * The condition as gates ask for it: whether users meet the recorded release and nothing else. What has no traffic does not count. Errors: why it
 * could not be looked at (credentials, throttling, a machine that is away), which says nothing of the release.
 */
export async function environmentState(
  world: LookWorld,
  environment: Environment,
  live: Digest | null,
): Promise<EnvironmentState> {
  if (!live) return 'empty';
  const { state, observed, unasked } = await assessed(world, environment, live);
  if (observed instanceof Error) throw observed;
  if (unasked) throw unasked;
  return state;
}

/** Findings about the way of requests and jobs: `running`, then one for each thing that no promotion made (`drift <where>`). */
export function pathFindings(
  { name }: Environment,
  live: Digest,
  observed: Observed,
  coming: Digest | null,
): readonly FindingView[] {
  if (observed === null)
    return [{ name: 'running', ok: false, detail: 'there is no stack', hint: `soundbite repair ${name}` }];
  if (observed instanceof Error) {
    const { message, hint } = toErrorDocument(observed);
    return [{ name: 'running', ok: false, detail: message, hint }];
  }
  const again = `soundbite promote ${name} --release ${live}`;
  const drift = observed.drift.filter(({ inTraffic }) => inTraffic || coming === null);
  return [runningFinding(live, observed, coming), ...drift.map((one) => driftFinding(one, again))];
}

/** What users meet that no promotion brought: of these releases any may have traffic, however it is. The first is live. */
export function drifted({ name }: Environment, releases: readonly [Digest, ...Digest[]], observed: Observation) {
  const [live] = releases;
  const serving = observed.versions.filter(({ share }) => share > 0);
  const isTheirs = serving.length > 0 && serving.every(({ release }) => releases.includes(release));
  const again = `soundbite promote ${name} --release ${live}`;
  const drift = observed.drift.filter(({ inTraffic }) => inTraffic).map((one) => driftFinding(one, again));
  return isTheirs ? drift : [{ ...runningFinding(live, observed), ok: false }, ...drift];
}

/** Compares what runs, read from the target, with what is recorded. */
function runningFinding(live: Digest, { versions }: Observation, coming: Digest | null = null): FindingView {
  const serving = versions.filter(({ share }) => share > 0);
  const ok = isServedAlone(versions, live, coming) && serving.every(({ healthy }) => healthy);
  const shares = serving.map(
    ({ release, share, detail }) => `${shortDigest(release)} at ${Math.round(share * 100)} % (${detail})`,
  );
  const detail = shares.join(', ') || 'no release takes traffic';
  return { name: 'running', ok, detail, ...(ok ? {} : { hint: 'soundbite up restores what is recorded' }) };
}

const driftFinding = ({ where, detail, hint }: Drift, again: string): FindingView => ({
  name: `drift ${where}`,
  ok: false,
  detail,
  hint: hint ?? again,
});

/** By the release that is live; while a promotion is under way by that and the one that it brings. */
function isServedAlone(versions: Observation['versions'], live: Digest, coming: Digest | null): boolean {
  if (coming === null) return versions.some(({ release, share }) => release === live && share === 1);
  const serving = versions.filter(({ share }) => share > 0);
  return serving.length > 0 && serving.every(({ release }) => release === live || release === coming);
}

async function assessed(
  world: LookWorld,
  environment: Environment,
  live: Digest,
  coming: Digest | null = null,
): Promise<Assessment> {
  const { observed, asked } = await lookAt(world, environment);
  const ready = asked instanceof Error || asked === 'undeclared' ? null : asked;
  const unasked = asked instanceof Error && isOfTheMachinery(asked) ? asked : null;
  const isAnswered = asked === 'undeclared' ? serves(observed) : ready !== null && isOfTheService(ready);
  if (!isAnswered) return { state: 'down', observed, ready, unasked };
  const isAsRecorded =
    (ready === null ? isWellServed(observed, live, coming) : isReady(ready, live, coming)) &&
    observed !== null &&
    !(observed instanceof Error) &&
    isServedAlone(observed.versions, live, coming) &&
    !observed.drift.some(({ inTraffic }) => inTraffic);
  return { state: isAsRecorded ? 'healthy' : 'degraded', observed, ready, unasked };
}

/** By the service contract an answer names its release; of other services only a failure may be somebody else's. */
const isOfTheService = ({ release, keepsContract, status }: ReadyAnswer): boolean =>
  release !== null || (!keepsContract && status < 500);

/** Which release it is says the runtime, where the answer does not: what has the traffic is looked at beside it. */
const isReady = ({ status, release }: ReadyAnswer, live: Digest, coming: Digest | null): boolean =>
  status >= 200 && status < 300 && (release === null || release === live || release === coming);

const serves = (observed: Observed): boolean =>
  observed !== null && !(observed instanceof Error) && observed.versions.some(({ share }) => share > 0);

const isWellServed = (observed: Observed, live: Digest, coming: Digest | null): boolean =>
  observed !== null &&
  !(observed instanceof Error) &&
  observed.versions.some(({ release, healthy }) => (release === live || release === coming) && healthy);

interface Assessment {
  readonly state: EnvironmentState;
  readonly observed: Observed;
  readonly ready: ReadyAnswer | null;
  /** Why the check was not possible, if the account or the machinery caused it. */
  readonly unasked: Error | null;
}

/** Whether an error came from our code or AWS, and not from the service that was asked. */
const isOfTheMachinery = (error: Error): boolean =>
  (error instanceof SoundBiteError || cloudTrouble(error) !== null) && rowOfError(error).verdict === 'machinery';
