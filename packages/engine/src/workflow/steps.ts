import {
  admit,
  type Cloud,
  type Digest,
  type Environment,
  type EnvironmentRecord,
  type Fence,
  hintFor,
  ownRequests,
  type Release,
  type Runtime,
  removals,
  SoundBiteError,
  shortDigest,
  smokeGate,
  type Target,
  watchGate,
} from '@soundbite/model';
import { damage, damageError, judged } from './damage.ts';
import { isTransient, type Outcome } from './outcome.ts';
import { declared, deployed, place, type Run } from './run.ts';

const fence = (run: Run, generation: number): Fence => ({ owner: run.installation, generation });

/** The bytes are those that were cut, and the law of order lets them in. */
export async function verify(run: Run): Promise<Outcome> {
  const { files } = (await run.ports.releases.verify(run.release)).manifest;
  const { environments } = run.ports.declaration();
  const index = environments.findIndex(({ name }) => name === run.request.environment);
  const before = environments[index - 1];
  const record = before ? await run.records.environment(before.name) : undefined;
  const admission = admit({
    environment: declared(run, run.request.environment).name,
    release: run.release,
    before:
      before && record
        ? {
            name: before.name,
            liveRelease: record.liveRelease,
            healthy: record.liveRelease === run.release && (await healthySoon(run, before)),
          }
        : null,
    wasLiveHere: await run.records.wasLive(run.request.environment, run.release),
    isLiveHere: run.previous === run.release,
    override: run.request.override,
    reason: run.request.reason,
  });
  if (!admission.admitted) return { state: 'failed', detail: `${admission.reason}; ${admission.mend}` };
  return {
    state: 'succeeded',
    detail: `${files.length} files are as they were cut; ${admission.note}`,
    evidence: { admission, files: files.length },
  };
}

/** One bad look is no verdict: an account that was just started anew needs a moment (ms). */
const healthyWithinMs = 10_000;

async function healthySoon(run: Run, environment: Environment): Promise<boolean> {
  const end = performance.now() + healthyWithinMs;
  while (!(await run.ports.healthy(environment, run.release))) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return true;
}

/** A rollback goes only to what was live here, with its bytes unaltered, and moves versions only: what carries them has to be there. */
export async function verifyReturn(run: Run): Promise<Outcome> {
  // Not awaited: whether it can serve is for the next steps to find out.
  void warmUp(run).catch(() => {});
  const broken = damageError(run, await damage(run, { types: carrierTypes }));
  if (broken) throw broken;
  await run.ports.releases.verify(run.release);
  if (!(await run.records.wasLive(run.request.environment, run.release))) {
    return {
      state: 'failed',
      detail: `${shortDigest(run.release)} was never live in ${run.request.environment}; soundbite history shows what was`,
    };
  }
  return { state: 'succeeded', detail: `${shortDigest(run.release)} was live here before` };
}

/** Without these no version can be moved. */
const carrierTypes: ReadonlySet<string> = new Set([
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
]);

/** A version that has been idle (a cold function) starts while the bytes are verified, so that the first request after the shift meets a warm one. */
async function warmUp(run: Run): Promise<void> {
  const { target, runtime } = await deployed(run, run.request.environment);
  await runtime.request(target, run.release, { method: 'GET', path: '/health' });
}

/** Infrastructure only grows: what the new template would take away is refused unless named. What the account cannot carry is not begun. */
export async function plan(run: Run): Promise<Outcome> {
  const { environment, cloud, runtime } = await place(run, run.request.environment);
  await bootstrapIfEmulated(run, environment, cloud);
  const template = await run.ports.template(run.release, environment.name);
  const capacity = await runtime.capacity({ environment, cloud }, template);
  if (capacity?.ok === false)
    return {
      state: 'failed',
      detail: hintFor(environment.name, `${capacity.detail}; ${capacity.mend}`),
      evidence: { capacity },
    };
  const state = await run.ports.infrastructure.state(environment, cloud);
  if (!state) return { state: 'succeeded', detail: 'the first deployment here', evidence: { capacity } };
  const found = removals(state.template, template);
  const allowed = new Set(run.request.allowRemovals);
  const refused = found.filter(({ id }) => !allowed.has(id));
  const evidence = { removals: found, allowed: [...allowed], capacity };
  if (refused.length > 0) {
    const what = refused.map(({ id, detail }) => `${id} (${detail})`).join('; ');
    const flags = refused.map(({ id }) => `--allow-removal ${JSON.stringify(id)}`).join(' ');
    return {
      state: 'failed',
      detail: `it would take away ${what}; if nothing that may come back needs it: ${flags}`,
      evidence,
    };
  }
  return {
    state: 'succeeded',
    detail: found.length > 0 ? `${found.length} named removals` : 'nothing is taken away',
    evidence,
  };
}

/** A real account is bootstrapped by a person; an emulated one by its first promotion. */
async function bootstrapIfEmulated(run: Run, environment: Environment, cloud: Cloud): Promise<void> {
  if (await run.ports.infrastructure.isBootstrapped(environment, cloud)) return;
  if (cloud.kind === 'real') {
    throw new SoundBiteError(
      'not-bootstrapped',
      `account ${environment.cloud.account} is not prepared for ${environment.name}`,
      {
        source: 'user',
        mend: `soundbite bootstrap ${environment.name}`,
      },
    );
  }
  await run.ports.infrastructure.bootstrap(environment, cloud);
  await cloud.checkpoint();
}

/** Deploys the assembly that was cut. Old versions go on serving: a version's code and settings do not change by it. */
export async function infrastructure(run: Run, generation: number): Promise<Outcome> {
  const { environment, cloud } = await place(run, run.request.environment);
  const scratch = await run.ports.releases.scratch(run.release, environment.name);
  const todo = [environment, cloud, scratch.directory, run.release, fence(run, generation)] as const;
  let recovered: readonly string[];
  try {
    recovered = await run.ports.infrastructure.recover(...todo, run.request.skip);
    await run.ports.infrastructure.deploy(...todo);
  } finally {
    await scratch.remove();
  }
  await cloud.checkpoint();
  const state = await run.ports.infrastructure.state(environment, cloud);
  if (state?.release !== run.release)
    throw new SoundBiteError(
      'not-settled',
      `the stack of ${environment.name} says ${state?.release ?? 'nothing'} after the deploy`,
    );
  await run.records.infrastructure(environment.name, run.release, generation);
  const status = state.status.toLowerCase().replaceAll('_', ' ');
  return { state: 'succeeded', detail: [...recovered, status].join('; '), evidence: { recovered } };
}

/** The new version, without traffic. */
export const publish = (run: Run, generation: number): Promise<Outcome> => judged(run, () => install(run, generation));

async function install(run: Run, generation: number): Promise<Outcome> {
  const { target, runtime, cloud } = await deployed(run, run.request.environment);
  const release: Release = await run.ports.releases.get(run.release);
  const installed = await runtime.install(target, release, fence(run, generation)).catch(goneSince(run));
  if ('state' in installed) return installed;
  await cloud.checkpoint();
  const seen = (await runtime.observe(target)).versions.find((version) => version.release === run.release);
  // Where what is live is promoted again, what is wrong on the way to it (the queue's mapping, the route) is put right by the shift.
  const isThere = seen !== undefined && (seen.healthy || seen.share > 0);
  if (!isThere)
    throw new SoundBiteError(
      'version-missing',
      `${shortDigest(run.release)} is not there after its installation: ${seen?.detail ?? 'no trace'}`,
    );
  return { state: 'succeeded', detail: withNote(seen.detail, putBack, installed) };
}

/** What was done to things that somebody else made is said, whatever else there is to say. */
const withNote = (detail: string, what: string, things: readonly string[]): string =>
  things.length > 0 ? `${detail}; ${what}: ${things.join(', ')}` : detail;

/** What a step says of things that it took away. */
const removed = 'removed, since it is no release of ours';
/** And of things that it put back. */
const putBack = 'put back, since somebody had changed it';

/** A version that was kept ready is taken as it is: a rollback then touches weights only. Otherwise it is made ready again. */
export async function publishAgain(run: Run, generation: number): Promise<Outcome> {
  const { target, runtime } = await deployed(run, run.request.environment);
  const kept = (await runtime.observe(target)).versions.find((version) => version.release === run.release);
  if (kept?.healthy) return { state: 'succeeded', detail: `kept ready: ${kept.detail}` };
  return publish(run, generation);
}

/** A rollback publishes nothing: a version that was given back since comes back by a promotion, which brings its infrastructure too. */
const goneSince =
  ({ request, release }: Run) =>
  (error: unknown): Outcome => {
    if (request.kind !== 'rollback' || !(error instanceof SoundBiteError) || error.code !== 'release-not-deployed')
      throw error;
    return {
      state: 'failed',
      detail: `the version of ${shortDigest(release)} was given back since; soundbite promote ${request.environment} --release ${release}`,
    };
  };

/** The gate before any traffic. */
export const smoke = (run: Run): Promise<Outcome> => judged(run, () => rehearse(run));

async function rehearse(run: Run): Promise<Outcome> {
  const { environment, target, runtime } = await deployed(run, run.request.environment);
  if (!environment.gates.includes('smoke'))
    return { state: 'skipped', detail: 'not among the gates of this environment' };
  const evidence = await run.ports.smoke.collect(runtime, target, run.release);
  const { verdict, reasons } = smokeGate(evidence);
  if (verdict !== 'pass') return { state: 'failed', detail: reasons.join('; '), evidence };
  return { state: 'succeeded', detail: `${evidence.facts.length} facts hold`, evidence };
}

/** All traffic to one release; null: to none. Proven by what the target then says. */
export async function shiftTo(
  run: Run,
  release: Digest | null,
  direction: 'forward' | 'back',
  generation: number,
): Promise<Outcome> {
  const { target, runtime, cloud } = await deployed(run, run.request.environment);
  await runtime.setWeights(target, release ? [{ release, share: 1 }] : [], direction, fence(run, generation));
  await cloud.checkpoint();
  const shares = (await runtime.observe(target)).versions.filter(({ share }) => share > 0);
  const settled = release ? shares.length === 1 && shares[0]?.release === release : shares.length === 0;
  if (!settled) {
    const seen = shares.map((version) => `${shortDigest(version.release)} ${version.share}`).join(', ') || 'nobody';
    throw new SoundBiteError(
      'not-settled',
      `the traffic goes to ${seen} instead of ${release ? shortDigest(release) : 'nobody'}`,
    );
  }
  return {
    state: 'succeeded',
    detail: release ? `all traffic on ${shortDigest(release)}` : 'no traffic: the environment is empty again',
  };
}

/** Back to what was live, and the version that did not make it is given back. */
export async function rollback(run: Run, generation: number): Promise<Outcome> {
  const changed = await madeReady(run, generation);
  const outcome = await shiftTo(run, run.previous, 'back', generation);
  const { target, runtime } = await deployed(run, run.request.environment);
  const { liveRelease, previousRelease } = await run.records.environment(run.request.environment);
  const keep = [run.previous, liveRelease, previousRelease].filter((digest): digest is Digest => digest !== null);
  const strange = await runtime.retire(target, [...new Set(keep)], fence(run, generation));
  return { ...outcome, detail: withNote(withNote(outcome.detail, putBack, changed), removed, strange) };
}

/**
 * What is gone back to is put back first where it is not as it was released (its files on this machine). If that cannot be done it takes the traffic
 * all the same: it is better there than on what failed.
 */
async function madeReady(run: Run, generation: number): Promise<readonly string[]> {
  if (!run.previous) return [];
  const { target, runtime } = await deployed(run, run.request.environment);
  const kept = (await runtime.observe(target)).versions.find(({ release }) => release === run.previous);
  if (kept?.healthy) return [];
  try {
    return await runtime.install(target, await run.ports.releases.get(run.previous), fence(run, generation));
  } catch (error) {
    if (isTransient(error)) throw error;
    const message = `${shortDigest(run.previous)} is not put back`;
    run.ports.emit({ code: 'rollback-target-not-ready', message, promotion: run.id, error });
    return [];
  }
}

/** One look of the watch. `unhealthyLooks` counts those in a row, this one included. */
export async function look(
  run: Run,
  sinceMs: number,
  unhealthyBefore: number,
): Promise<{ unhealthyLooks: number; reasons: readonly string[]; requests: number; missing?: string }> {
  const { environment } = await place(run, run.request.environment);
  const healthy = await run.ports.healthy(environment, run.release);
  const requests = await run.ports.signals.requests(environment.name, sinceMs);
  const unhealthyLooks = healthy ? 0 : unhealthyBefore + 1;
  const { reasons } = watchGate({ release: run.release, requests, unhealthyLooks });
  const seen = { unhealthyLooks, reasons, requests: ownRequests(requests, run.release).length };
  if (reasons.length === 0) return seen;
  // Not whether settings were changed: that takes a minute, and the release that may be bad has the traffic.
  const broken = damageError(run, await damage(run));
  return broken ? { ...seen, missing: `${broken.message}; ${broken.mend}` } : seen;
}

/** Records what is live and gives back what nobody may need: the live release and the one that a rollback goes to stay ready. */
export async function finalise(run: Run, generation: number): Promise<Outcome> {
  const { target, runtime, cloud } = await deployed(run, run.request.environment);
  const before: EnvironmentRecord = await run.records.environment(run.request.environment);
  // What is live and promoted once more leaves the one before it in its place.
  const wayBack = run.previous === run.release ? before.previousRelease : run.previous;
  const keep = [run.release, wayBack, before.liveRelease].filter((digest): digest is Digest => digest !== null);
  const strange = await runtime.retire(target, [...new Set(keep)], fence(run, generation));
  await cloud.checkpoint();
  await run.records.live(run.request.environment, run.release, generation);
  if (wayBack && (await isLost(runtime, target, wayBack))) await run.records.lost(run.request.environment);
  return { state: 'succeeded', detail: withNote(`${shortDigest(run.release)} is live`, removed, strange) };
}

/** A function that was made anew lost its versions, and a rollback publishes none. Processes start from the store at any time. */
async function isLost(runtime: Runtime, target: Target, release: Digest): Promise<boolean> {
  if (runtime.kind !== 'aws') return false;
  return !(await runtime.observe(target)).versions.some((version) => version.release === release);
}
