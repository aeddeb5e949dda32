import type { LogLine } from '@soundbite/client';
import type { logResumption } from '@soundbite/client/log-resumption.ts';
import { isRefusal } from '../../api.ts';
import { pauseFor } from '../../live/pause.ts';
import type { LogNews } from './log-lines.ts';

/** Asks for the lines since an instant (ms since 1970), until `signal`. `heard`: call it when it answers, and whenever it says anything. */
export type OpenLog = (since: number | undefined, heard: () => void, signal: AbortSignal) => AsyncIterable<LogLine>;

/** Milliseconds. `silence`: heartbeats come every 15 s, so one that says nothing for so long is gone. `again`: pauses before it is asked again; the last holds on. */
const logPatience = { silence: 20_000, again: [250, 500, 1000, 3000] };

interface LogFollower {
  readonly open: OpenLog;
  hear(news: LogNews): void;
  /** Where to go on; what was followed before may be gone on with. */
  readonly resumption: ReturnType<typeof logResumption>;
  readonly patience?: typeof logPatience;
}

/** Follows a log for as long as `signal` lets it, over breaks and restarts, each line once; a refusal ends it. */
export async function followLogs(follower: LogFollower, signal: AbortSignal): Promise<void> {
  const { hear, resumption, patience: { again } = logPatience } = follower;
  hear({ is: 'asked' });
  for (let tries = 0; !signal.aborted; tries++) {
    let why: string | null = null;
    try {
      for await (const line of untilSilent(follower, signal)) {
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
    await pauseFor(again[Math.min(tries, again.length - 1)] ?? 0, signal);
  }
}

/** The lines of one stream. A machine that slept, or a network that went, leaves one that neither ends nor says anything. */
async function* untilSilent(
  { open, hear, resumption, patience: { silence } = logPatience }: LogFollower,
  signal: AbortSignal,
): AsyncGenerator<LogLine, void, undefined> {
  const silent = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    if (timer === undefined) hear({ is: 'followed' });
    clearTimeout(timer);
    timer = setTimeout(() => silent.abort(new Error('nothing was heard any more')), silence);
  };
  try {
    yield* open(resumption.again(), heard, AbortSignal.any([signal, silent.signal]));
  } finally {
    clearTimeout(timer);
  }
}
