import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest, Evidence, Fact, Runtime, SmokeCollector, Target } from '@soundbite/model';
import { apiFacts, speechFacts } from './smoke-facts.ts';
import { type Trial, trialOf } from './trial.ts';

export interface SmokeOptions {
  /** Longest wait for the worker, in ms; the environment's time for a job by default. */
  readonly workerWithinMs?: number;
  /** How long a refusal for want of a permission is tried again on a real cloud, in ms: new permissions take up to a minute there. */
  readonly deniedForMs?: number;
  readonly deniedEveryMs?: number;
  /** How long a failed check waits for its reason in the log, in ms; 2 s, on a real cloud 10 s unless told. */
  readonly logWithinMs?: number;
  /** How long a new version may take to reach its dependencies for the first time (credentials, connections), in ms. */
  readonly readyWithinMs?: number;
}

/**
 * Tries a version that has no traffic: what the API says of itself, that it refuses what is wrong, and that a fresh text becomes
 * audible speech through API and worker, in a rehearsal place. A bad version is a fact; broken machinery throws.
 */
export function smokeCollector(options: SmokeOptions = {}): SmokeCollector {
  const { deniedForMs = 60_000, deniedEveryMs = 3000 } = options;
  return {
    async collect(runtime, target, release) {
      const end = performance.now() + (target.cloud.kind === 'real' ? deniedForMs : 0);
      for (;;) {
        const facts = await tryOnce(runtime, target, release, options);
        if (!isDenied(facts) || performance.now() + deniedEveryMs > end) return evidence(target, release, facts);
        await sleep(deniedEveryMs);
      }
    },
  };
}

async function tryOnce(runtime: Runtime, target: Target, release: Digest, options: SmokeOptions): Promise<Fact[]> {
  const logWithinMs = options.logWithinMs ?? (target.cloud.kind === 'real' ? 10_000 : 2_000);
  const trial: Trial = trialOf(runtime, target, release, logWithinMs);
  await apiFacts(trial, options.readyWithinMs ?? 15_000);
  await speechFacts(trial, options.workerWithinMs ?? target.environment.service.jobTimeoutSeconds * 1000);
  trial.concludeHeaders();
  return trial.facts();
}

/** AWS refused something: on a real cloud it may be there in a moment. */
const isDenied = (facts: readonly Fact[]) =>
  facts.some(({ ok, detail }) => !ok && /AccessDenied|not authorized to perform/i.test(detail));

const evidence = (target: Target, release: Digest, facts: readonly Fact[]): Evidence => ({
  kind: 'smoke',
  at: new Date().toISOString(),
  release,
  environment: target.environment.name,
  facts,
});
