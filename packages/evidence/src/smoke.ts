import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Digest,
  type Evidence,
  type Fact,
  factsOfRun,
  ownFacts,
  type ProgramCopy,
  type Runtime,
  type SmokeCollector,
  type Target,
} from '@soundbite/model';
import { reasonInLogs } from './log-reason.ts';
import { rehearse } from './program/rehearse.ts';
import { versionOnTrial } from './version-on-trial.ts';

export interface SmokeOptions {
  /** The smoke program of a release, copied for one run; null: the release brings none. */
  program(release: Digest): Promise<ProgramCopy | null>;
  /** How long a refusal for want of a permission is tried again on a real cloud, in ms: new permissions take up to a minute there. */
  readonly deniedForMs?: number;
  readonly deniedEveryMs?: number;
  /** How long a failed fact waits for its reason in the log, in ms; 2 s, on a real cloud 10 s unless told. */
  readonly logWithinMs?: number;
}

/** For so many failed facts the reason is looked up in the log. */
const explained = 5;

/**
 * Tries a version that has no traffic by the smoke program that its release brings. A bad version, and a program that does not do its work, are facts;
 * broken machinery throws.
 */
export function smokeCollector(options: SmokeOptions): SmokeCollector {
  const { deniedForMs = 60_000, deniedEveryMs = 3000 } = options;
  return {
    async collect(runtime, target, release, signal) {
      const end = performance.now() + (target.cloud.kind === 'real' ? deniedForMs : 0);
      for (;;) {
        const facts = await tryOnce({ runtime, target, release, signal }, options);
        if (!isDenied(facts) || performance.now() + deniedEveryMs > end) return evidence(target, release, facts);
        await sleep(deniedEveryMs, undefined, signal ? { signal } : {});
      }
    },
  };
}

interface Trial {
  readonly runtime: Runtime;
  readonly target: Target;
  readonly release: Digest;
  readonly signal: AbortSignal | undefined;
}

async function tryOnce(trial: Trial, options: SmokeOptions): Promise<Fact[]> {
  const { runtime, target, release, signal } = trial;
  const copy = await options.program(release);
  if (copy === null) return [noProgram];
  const version = versionOnTrial(runtime, target, release);
  const why = reasons(trial, options.logWithinMs ?? (target.cloud.kind === 'real' ? 10_000 : 2_000));
  const environment = target.environment.name;
  try {
    const run = await rehearse({ kind: 'smoke', copy, version, release, environment, signal, heard: why.heard });
    const facts = await Promise.all(factsOfRun(run).map(why.explained));
    return [...facts, ...version.headerFacts()];
  } finally {
    await copy.remove();
  }
}

const noProgram: Fact = {
  name: ownFacts.program,
  ok: false,
  detail:
    'the release brings no smoke program; declare `smoke` in service.yaml and cut a new release, or take smoke out of `gates` in environments.yaml',
  ms: 0,
};

/** Looks up in the log of the version why facts failed, each as soon as it is said: a line of the log is there a moment later, and so are those of what comes next. */
function reasons({ runtime, target, release }: Trial, withinMs: number) {
  const started = Date.now();
  const found = new Map<string, Promise<string | null>>();
  return {
    heard({ name, ok }: Fact): void {
      if (ok || found.size >= explained) return;
      const reason = reasonInLogs(runtime, target, release, started, withinMs);
      // Awaited when the program has ended.
      reason.catch(() => {});
      found.set(name, reason);
    },
    async explained(fact: Fact): Promise<Fact> {
      const why = await found.get(fact.name);
      return why ? { ...fact, detail: `${fact.detail} (its log: ${why})` } : fact;
    },
  };
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
