import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Digest,
  type Evidence,
  type Fact,
  factsOfRun,
  ownFacts,
  type ProgramCollector,
  type ProgramCopy,
  type ProgramKind,
  type ProgramTrial,
} from '@soundbite/model';
import { reasonInLogs } from './log-reason.ts';
import type { Reached } from './program/door.ts';
import { rehearse } from './program/rehearse.ts';
import { liveVersion, type PinnedVersion, versionOnTrial } from './version-on-trial.ts';

export interface CollectorOptions {
  /** A program of a release, copied for one run; null: the release brings none of that kind. */
  program(release: Digest, kind: ProgramKind): Promise<ProgramCopy | null>;
  /** How long a refusal for want of a permission is tried again on a real cloud, in ms: new permissions take up to a minute there. */
  readonly deniedForMs?: number;
  readonly deniedEveryMs?: number;
  /** How long a failed fact waits for its reason in the log, in ms; 2 s, on a real cloud 10 s unless told. */
  readonly logWithinMs?: number;
}

/** For so many failed facts the reason is looked up in the log. */
const explained = 5;

/**
 * Runs the programs that a release brings on its version, which has no traffic. A bad version, and a program that does not do its work, are facts;
 * broken machinery throws.
 */
export function programCollector(options: CollectorOptions): ProgramCollector {
  const { deniedForMs = 60_000, deniedEveryMs = 3000 } = options;
  return {
    async collect(trial) {
      const { target, signal } = trial;
      const end = performance.now() + (target.cloud.kind === 'real' ? deniedForMs : 0);
      for (;;) {
        const facts = await tryOnce(trial, options);
        if (!isDenied(facts) || performance.now() + deniedEveryMs > end) return evidence(trial, facts);
        await sleep(deniedEveryMs, undefined, signal ? { signal } : {});
      }
    },
  };
}

async function tryOnce(trial: ProgramTrial, options: CollectorOptions): Promise<Fact[]> {
  const { kind, target, release, live, signal } = trial;
  const copy = await options.program(release, kind);
  if (copy === null) return [noProgram(kind)];
  const reached = reachedBy(trial);
  const why = reasons(trial, options.logWithinMs ?? (target.cloud.kind === 'real' ? 10_000 : 2_000));
  try {
    const attempt = await trial.begun?.();
    const told = { release, environment: target.environment.name, live, attempt };
    const run = await rehearse({ kind, copy, reached, told, signal, heard: why.heard });
    const facts = await Promise.all(factsOfRun(run).map(why.explained));
    return [...facts, ...headerFacts(reached)];
  } finally {
    await copy.remove();
  }
}

/** What a program of that kind may reach, anew for each run. */
function reachedBy({ kind, runtime, target, release, live }: ProgramTrial): Reached {
  if (kind === 'migration') return { version: versionOnTrial(runtime, target, release, 'migration'), onlyEvents: true };
  const version = versionOnTrial(runtime, target, release);
  return kind === 'compatibility' && live ? { version, live: liveVersion(runtime, target, live) } : { version };
}

/** One fact of both versions. */
function headerFacts({ version, live }: Reached): Fact[] {
  const of = (named: PinnedVersion | undefined, who: string) =>
    (named?.headerFacts() ?? []).map((fact) => ({ ...fact, detail: `${who}${fact.detail}` }));
  const both = [...of(version, ''), ...of(live, 'of the live version ')];
  const [first] = both;
  if (!first) return [];
  return [{ ...first, ok: both.every(({ ok }) => ok), detail: both.map(({ detail }) => detail).join('; ') }];
}

const noProgram = (kind: ProgramKind): Fact => ({
  name: ownFacts.program,
  ok: false,
  detail: `the release brings no ${kind} program; declare \`${kind}\` in service.yaml and cut a new release${kind === 'smoke' || kind === 'tests' ? `, or take ${kind} out of \`gates\` in environments.yaml` : ''}`,
  ms: 0,
});

/** Looks up in the log of the version why facts failed, each as soon as it is said: a line of the log is there a moment later, and so are those of what comes next. */
function reasons({ runtime, target, release }: ProgramTrial, withinMs: number) {
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

const evidence = ({ kind, target, release }: ProgramTrial, facts: readonly Fact[]): Evidence => ({
  kind,
  at: new Date().toISOString(),
  release,
  environment: target.environment.name,
  facts,
});
