import { setTimeout as pause } from 'node:timers/promises';

/** What a client has met so far. */
export interface Visits {
  readonly requests: number;
  /** Answers that were no 200, and requests that had none. */
  readonly failed: number;
  /** Release → how many of its answers were well. */
  readonly byRelease: ReadonlyMap<string, number>;
  /** From the first failure to the first answer that was well after the last one, in seconds; 0: nothing failed. */
  readonly badSeconds: number;
  /** How many in a row were well by now. */
  readonly wellSince: number;
}

export interface Visitor {
  visits(): Visits;
  /** Resolves as soon as it is so, after an answer. Rejects with the signal's reason. */
  until(isSo: (visits: Visits) => boolean, signal: AbortSignal): Promise<Visits>;
  /** After the request that is on its way. */
  leave(): Promise<Visits>;
}

const betweenMs = 20;
const answerWithinMs = 30_000;
/** Which release answered says this header. */
const releaseHeader = 'x-soundbite-release';

/** A client that asks an address over and over, one request at a time, until it leaves. `onVisit` hears of every answer. */
export function startVisitor(url: string, onVisit: (visits: Visits) => void): Visitor {
  const seen = { requests: 0, failed: 0, wellSince: 0 };
  const byRelease = new Map<string, number>();
  const bad = { from: 0, to: 0 };
  const waiters = new Set<() => void>();
  const visits = (): Visits => ({ ...seen, byRelease: new Map(byRelease), badSeconds: (bad.to - bad.from) / 1000 });
  let stays = true;
  const loop = (async () => {
    while (stays) {
      const release = await ask(url);
      const now = performance.now();
      seen.requests += 1;
      if (release === null) {
        if (seen.failed === 0) bad.from = now;
        seen.failed += 1;
        bad.to = now;
        seen.wellSince = 0;
      } else {
        if (seen.failed > 0 && seen.wellSince === 0) bad.to = now;
        seen.wellSince += 1;
        byRelease.set(release, (byRelease.get(release) ?? 0) + 1);
      }
      onVisit(visits());
      for (const wake of waiters) wake();
      await pause(betweenMs);
    }
  })();
  return {
    visits,
    until: (isSo, signal) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!signal.aborted && !isSo(visits())) return;
          waiters.delete(look);
          signal.removeEventListener('abort', look);
          if (signal.aborted) reject(signal.reason as Error);
          else resolve(visits());
        };
        waiters.add(look);
        signal.addEventListener('abort', look);
        look();
      }),
    async leave() {
      stays = false;
      await loop;
      return visits();
    },
  };
}

/** The release that answered well; null: it failed. */
async function ask(url: string): Promise<string | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(answerWithinMs) });
    await answer.arrayBuffer();
    return answer.status === 200 ? (answer.headers.get(releaseHeader) ?? '') : null;
  } catch {
    return null;
  }
}
