import type { Environment, Infrastructure, Runtime } from '@soundbite/model';

/** Remembered looks at environments, as long as they are valid: for some time where looks are expensive, or while the account's configuration is unchanged. */
export interface LookMemory {
  /**
   * The result of a look, or of an earlier one that is still valid. Concurrent callers share one look. `about` distinguishes looks at one environment; one that
   * found something holds for `holdsMs`, one that failed for `everyMs`, both from its beginning on.
   */
  once<T>(environment: Environment, about: string, look: () => Promise<T>, holds: Holding<T>): Promise<T>;
  /** The result of a look while the account's configuration stays the same. Null: the account does not say, so every look is made. */
  whileSame<T>(
    environment: Environment,
    about: string,
    configuration: string | null,
    look: () => Promise<T | null>,
  ): Promise<T | null>;
  /** The next call looks again; `about` absent: at everything. */
  forget(environment: string, about?: string): void;
  /** The same, forgetting what was seen of an environment whenever something is changed there. */
  runtime(runtime: Runtime): Runtime;
  infrastructure(infrastructure: Infrastructure): Infrastructure;
}

interface Holding<T> {
  readonly everyMs: number;
  readonly holdsMs?: (found: T) => number;
}

interface Kept {
  readonly value: Promise<unknown>;
  readonly begun: number;
  /** Infinity while the look is under way. */
  holdsMs: number;
  /** It holds while the account says this, and for no time. */
  readonly configuration?: string;
}

const keyOf = (about: string, { kind, account, region }: Environment['cloud']): string =>
  `${about} ${kind} ${account} ${region}`;

export function lookMemory(now: () => number = () => performance.now()): LookMemory {
  const kept = new Map<string, Map<string, Kept>>();

  function keptOf(name: string): Map<string, Kept> {
    const ofName = kept.get(name) ?? new Map<string, Kept>();
    kept.set(name, ofName);
    return ofName;
  }

  function once<T>(
    { name, cloud }: Environment,
    about: string,
    look: () => Promise<T>,
    { everyMs, holdsMs = () => everyMs }: Holding<T>,
  ): Promise<T> {
    const ofName = keptOf(name);
    const key = keyOf(about, cloud);
    const before = ofName.get(key);
    if (before && now() - before.begun < before.holdsMs) return before.value as Promise<T>;
    const value = look();
    const fresh: Kept = { value, begun: now(), holdsMs: Number.POSITIVE_INFINITY };
    ofName.set(key, fresh);
    value.then(
      (found) => {
        fresh.holdsMs = holdsMs(found);
      },
      () => {
        fresh.holdsMs = everyMs;
      },
    );
    return value;
  }

  function whileSame<T>(
    { name, cloud }: Environment,
    about: string,
    configuration: string | null,
    look: () => Promise<T | null>,
  ): Promise<T | null> {
    if (configuration === null) return look();
    const ofName = keptOf(name);
    const key = keyOf(about, cloud);
    const before = ofName.get(key);
    if (before?.configuration === configuration) return before.value as Promise<T | null>;
    const value = look();
    const fresh: Kept = { value, configuration, begun: now(), holdsMs: 0 };
    ofName.set(key, fresh);
    const drop = () => ofName.get(key) === fresh && ofName.delete(key);
    value.then((found) => found === null && drop(), drop);
    return value;
  }

  function forget(name: string, about?: string): void {
    const ofName = kept.get(name);
    for (const key of [...(ofName?.keys() ?? [])])
      if (about === undefined || key.startsWith(`${about} `)) ofName?.delete(key);
  }

  /** Before, since a look may be made meanwhile, and after, since that one saw half of it. */
  async function changing<T>(name: string, change: () => Promise<T>): Promise<T> {
    forget(name);
    try {
      return await change();
    } finally {
      forget(name);
    }
  }

  return {
    once,
    whileSame,
    forget,
    runtime: (runtime) => ({
      ...runtime,
      install: (target, ...rest) => changing(target.environment.name, () => runtime.install(target, ...rest)),
      setWeights: (target, ...rest) => changing(target.environment.name, () => runtime.setWeights(target, ...rest)),
      ...(runtime.admit
        ? { admit: (target, fence) => changing(target.environment.name, async () => runtime.admit?.(target, fence)) }
        : {}),
      retire: (target, ...rest) => changing(target.environment.name, () => runtime.retire(target, ...rest)),
      takeDown: (place, ...rest) => changing(place.environment.name, () => runtime.takeDown(place, ...rest)),
    }),
    infrastructure: (all) => ({
      ...all,
      bootstrap: (environment, ...rest) => changing(environment.name, () => all.bootstrap(environment, ...rest)),
      deploy: (environment, ...rest) => changing(environment.name, () => all.deploy(environment, ...rest)),
      adopt: (environment, ...rest) => changing(environment.name, () => all.adopt(environment, ...rest)),
      handBack: (environment, ...rest) => changing(environment.name, () => all.handBack(environment, ...rest)),
      recover: (environment, ...rest) => changing(environment.name, () => all.recover(environment, ...rest)),
      destroy: (environment, ...rest) => changing(environment.name, () => all.destroy(environment, ...rest)),
    }),
  };
}
