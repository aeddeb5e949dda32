/** Lets code wait for database notifications of a subject (a promotion's id, an environment's name). */
export interface Wakes {
  /** There is news of a subject. */
  told(subject: string): void;
  /** Ends with the next news of any of these subjects, or after `ms`. Start waiting before you look, so that nothing in between is missed. */
  next(subjects: readonly string[], ms: number): Promise<void>;
  /** Nothing is told any more: all who wait end. */
  end(): void;
}

export function wakes(): Wakes {
  const waiting = new Map<string, Set<() => void>>();
  return {
    told(subject) {
      for (const wake of [...(waiting.get(subject) ?? [])]) wake();
    },
    end() {
      for (const wakes of [...waiting.values()]) for (const wake of [...wakes]) wake();
    },
    next(subjects, ms) {
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          for (const subject of subjects) {
            waiting.get(subject)?.delete(wake);
            if (waiting.get(subject)?.size === 0) waiting.delete(subject);
          }
          resolve();
        };
        const timer = setTimeout(wake, ms);
        for (const subject of subjects) waiting.set(subject, (waiting.get(subject) ?? new Set()).add(wake));
      });
    },
  };
}
