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
  /** Whether one is held here: it is decided again by itself. */
  isHeld(id: string): boolean;
}

/** What ends when a held admission is to be decided again. Not awaited by the order of an environment, hence no bare promise. */
export interface HeldAdmission {
  readonly until: Promise<void>;
}

/** Decides admissions in the order of their requests, environment by environment. `admit` returns null if nothing is left to decide. */
export function deciderOf(
  admit: (id: string) => Promise<HeldAdmission | null>,
  report: (error: unknown) => void,
): Decider {
  const last = new Map<string, Promise<void>>();
  let isStopped = false;
  /** What is waited for, by promotion: who asks for one that is held begins no second wait. */
  const waits = new Map<string, HeldAdmission>();
  const again = async (id: string, environment: string, held: HeldAdmission): Promise<void> => {
    waits.set(id, held);
    await held.until;
    if (waits.get(id) !== held) return;
    waits.delete(id);
    if (!isStopped) decide(id, environment);
  };
  const decide = (id: string, environment: string): void => {
    const one = (last.get(environment) ?? Promise.resolve()).then(async () => {
      waits.delete(id);
      const held = isStopped ? null : await admit(id);
      if (held !== null && !isStopped) void again(id, environment, held);
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
    isHeld: (id) => waits.has(id),
    stop() {
      isStopped = true;
    },
  };
}
