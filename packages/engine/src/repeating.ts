/** Work that goes on beside everything else until it is stopped. */
export interface Repeating {
  /** Stops repeating, without waiting for work under way: its database may be gone for good, and it would wait for that. */
  stop(): void;
}

/** Does something each so many ms, one after the other. */
export function repeat(work: () => Promise<void>, everyMs: number, report: (error: unknown) => void): Repeating {
  let isStopped = false;
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    work()
      .catch((error: unknown) => {
        if (!isStopped) report(error);
      })
      .finally(() => {
        isBusy = false;
      });
  }, everyMs);
  return {
    stop() {
      isStopped = true;
      clearInterval(timer);
    },
  };
}

export interface Decider extends Repeating {
  /** Lets a promotion's admission be decided, after those that were asked for before in its environment. */
  decide(id: string, environment: string): void;
}

/** Decides admissions in the order of their requests, environment by environment. `admit` returns the ms until the next try; null: never. */
export function deciderOf(admit: (id: string) => Promise<number | null>, report: (error: unknown) => void): Decider {
  const last = new Map<string, Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();
  let isStopped = false;
  const again = (id: string, environment: string, inMs: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      decide(id, environment);
    }, inMs);
    timers.add(timer);
  };
  const decide = (id: string, environment: string): void => {
    const one = (last.get(environment) ?? Promise.resolve()).then(async () => {
      const inMs = isStopped ? null : await admit(id);
      if (inMs !== null && !isStopped) again(id, environment, inMs);
    });
    last.set(
      environment,
      one.catch((error: unknown) => {
        if (!isStopped) report(error);
      }),
    );
  };
  return {
    decide,
    stop() {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
