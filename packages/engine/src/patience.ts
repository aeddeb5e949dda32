/**
 * What the engine waits for, how long and how often: all of it in one table, in ms. What repeats doubles its pause from `firstMs` to `longestMs`. Intervals of DBOS's queue stand in doorbell.ts, beside what they replace.
 */
export const patience = {
  /** Postgres is away. A promotion under way waits for it without end. */
  database: { firstMs: 50, longestMs: 1_000, withinMs: 60_000 },
  /** A database that only readers need: asked each so many ms, and taken for away after a silence. */
  reading: { everyMs: 300, againMs: 50, silentMs: 1_500 },
  /** Another control plane starts on the same database. */
  start: { everyMs: 200, withinMs: 60_000 },
  /** The place of an executor, after its session died: somebody may just be taking over its work. */
  place: { everyMs: 100, withinMs: 5_000 },
  /** Machinery that a step needs is away, which is said after a moment; an error that looks lasting is tried so many times. */
  step: { firstMs: 250, longestMs: 2_000, saidAfterMs: 1_500, withinMs: 120_000, attempts: 2 },
  /** A gate that errored, until it is asked again. */
  gate: { firstMs: 1_000, longestMs: 30_000 },
  /** A rollback or an undo, which is not given up, says after this silence of a peer that it is retried. */
  rollback: { firstMs: 500, longestMs: 30_000, silentMs: 10_000 },
  /** The next workflow of a promotion, after one that ended unexpectedly. */
  workflow: { firstMs: 1_000, longestMs: 60_000 },
  /** The host notices a process's death at once, or within this time if it adopted the process. */
  death: { noticedMs: 500 },
  /** Admission: one bad look is no verdict; a held decision is made again, later where a person has to act; what waits for a time is looked at again at the latest after `gatesMs`; another home's control plane is waited for. */
  admission: { healthyWithinMs: 10_000, againMs: 500, afterFixMs: 5_000, gatesMs: 60_000, elsewhereMs: 15_000 },
  /** Looks in case a notification was lost: of what a promotion waits for, of its view, of orphaned promotions. */
  lost: { waitingMs: 1_000, viewMs: 2_000, orphansMs: 5_000 },
  /** The feed of events looks in case a notification was lost; after its last reader it goes on for a while, for those who come back. */
  feed: { everyMs: 2_000, lingerMs: 60_000 },
  /** A watch looks at its release each so many ms, at least. */
  watch: { everyMs: 1_000 },
  /** A promotion left to other control planes is not taken again for longer than they need to find it. */
  stepBack: { ms: 10_000 },
  /** The result of a workflow in the queue is asked for after an eighth of the time that it has taken so far. */
  result: { firstMs: 25, longestMs: 1_000 },
  /** DBOS's rows of ended workflows. */
  endedWorkflows: { keptMs: 30 * 24 * 3_600_000, everyMs: 600_000 },
} as const;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The pause after one of so many ms. */
export const longer = (ms: number, { longestMs }: { readonly longestMs: number }): number =>
  Math.min(ms * 2, longestMs);
