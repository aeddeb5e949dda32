import { exchange } from './exchange.ts';

/** Looks after a control plane from which something is awaited. */
export interface Life {
  /** Something came from it: it lives. */
  heard(): void;
  end(): void;
}

/** A stream of lines has a heartbeat every 15 s (serving/lines.ts): no need to ask within twice that time. */
const quietTimes = 2;

/**
 * Asks whether the control plane at `url` lives while something is awaited from it; `silent` is called once when it does not say so within `silentMs`.
 * A broken connection is not silence: the caller notices it by itself.
 */
export function lookAfter(url: string, silentMs: number, silent: () => void): Life {
  let heardAt: number | null = null;
  const ask = async (): Promise<void> => {
    if (heardAt !== null && performance.now() - heardAt < quietTimes * silentMs) return;
    const inTime = AbortSignal.timeout(silentMs);
    try {
      await (await exchange(new URL('/health', url), { method: 'GET', signal: inTime })).text();
    } catch {
      if (!inTime.aborted || life.ended) return;
      life.end();
      silent();
    }
  };
  const timer = setInterval(() => void ask(), silentMs / 4).unref();
  const life = {
    ended: false,
    heard: () => {
      heardAt = performance.now();
    },
    end: () => {
      life.ended = true;
      clearInterval(timer);
    },
  };
  return life;
}
