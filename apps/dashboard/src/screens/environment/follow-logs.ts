import type { LogLine } from '@soundbite/client';
import type { logResumption } from '@soundbite/client/log-resumption.ts';
import { ApiError } from '../../api.ts';
import { pauseFor } from '../../live/pause.ts';
import type { LogNews } from './log-lines.ts';

interface LogFollower {
  /** Asks for the lines since an instant (ms since 1970). `begins`: call it when that is answered. */
  open(since: number | undefined, begins: () => void): AsyncIterable<LogLine>;
  hear(news: LogNews): void;
  /** Where to go on; what was followed before may be gone on with. */
  readonly resumption: ReturnType<typeof logResumption>;
  /** ms before it is asked again; the last holds for all further ones. */
  readonly pauses?: readonly number[];
}

/** Follows a log for as long as `signal` lets it, over breaks and restarts, each line once; a refusal ends it. */
export async function followLogs(
  { open, hear, resumption, pauses = [250, 500, 1000, 3000] }: LogFollower,
  signal: AbortSignal,
): Promise<void> {
  hear({ is: 'asked' });
  for (let tries = 0; !signal.aborted; tries++) {
    let why: string | null = null;
    try {
      for await (const line of open(resumption.again(), () => hear({ is: 'followed' }))) {
        if (signal.aborted) return;
        tries = 0;
        if (resumption.isNew(line)) hear({ is: 'line', line });
      }
    } catch (error) {
      if (signal.aborted) return;
      if (isRefusal(error)) return hear({ is: 'refused', error });
      why = error instanceof Error ? error.message : String(error);
    }
    if (signal.aborted) return;
    hear({ is: 'broken', at: new Date().toISOString(), why });
    await pauseFor(pauses[Math.min(tries, pauses.length - 1)] ?? 0, signal);
  }
}

/** What would be refused again. */
const isRefusal = (error: unknown): boolean => error instanceof ApiError && error.status >= 400 && error.status < 500;
