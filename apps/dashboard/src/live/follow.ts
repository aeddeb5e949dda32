import type { EventLine, EventView } from '@soundbite/client';
import { heartbeatMs } from '@soundbite/model/page/heartbeat.ts';
import { frames } from './frames.ts';
import { pauseFor } from './pause.ts';

/** What is heard of the control plane. */
export type Heard =
  /** It tells what follows the event of this number; `isGapless`: nothing was missed since it was heard last. */
  | { readonly is: 'begun'; readonly sequence: number; readonly isGapless: boolean }
  | { readonly is: 'change'; readonly sequence: number; readonly kind: EventView['kind'] }
  /** It does not answer, or its records do not; `since`: when it was heard last (ms since 1970), or when this page began to listen. */
  | { readonly is: 'away'; readonly since: number }
  /** Nobody is signed in in this browser any more. */
  | { readonly is: 'out' };

/**
 * Milliseconds. `silence`: one that misses two heartbeats is gone. `answer`: until it begins to tell, which one that has much to do may not do at once. `again`: pauses before it
 * is asked again.
 */
const patience = { silence: 2 * heartbeatMs + 500, answer: 10_000, again: [250, 500, 1000] };

interface Follower {
  readonly fetch: typeof globalThis.fetch;
  hear(heard: Heard): void;
  readonly patience?: typeof patience;
}

/**
 * Follows the changes as they happen, for as long as `signal` lets it: over breaks, restarts and sleep, each change once and in order. After a break the control
 * plane is asked for what came after the last one that was heard.
 */
export async function followChanges(
  { fetch, hear, patience: within = patience }: Follower,
  signal: AbortSignal,
): Promise<void> {
  let after: number | null = null;
  let heardAt = Date.now();
  const onHeard = () => {
    heardAt = Date.now();
  };
  for (let tries = 0; !signal.aborted; tries++) {
    try {
      for await (const told of tell({ fetch, after, within, signal, onHeard })) {
        tries = -1;
        hear(heardIn(told, after !== null, heardAt));
        if (told.kind !== 'away') after = told.sequence;
      }
    } catch (error) {
      if (error instanceof SignedOut) return hear({ is: 'out' });
      // Asked again, whatever it was: a control plane that starts, a proxy that cuts, a machine that slept.
    }
    if (signal.aborted) return;
    hear({ is: 'away', since: heardAt });
    await pauseFor(within.again[Math.min(Math.max(tries, 0), within.again.length - 1)] ?? 0, signal);
  }
}

class SignedOut extends Error {}

/** `isResumed`: it was asked for what came after something; `at`: when it was told (ms since 1970). */
function heardIn(told: EventLine, isResumed: boolean, at: number): Heard {
  if (told.kind === 'away') return { is: 'away', since: at };
  const { kind, sequence } = told;
  if (kind === 'begun') return { is: 'begun', sequence, isGapless: isResumed && !told.reset };
  return { is: 'change', sequence, kind };
}

interface Stream extends Pick<Follower, 'fetch'> {
  /** The last change that was heard; null: none was. */
  readonly after: number | null;
  readonly within: Pick<typeof patience, 'silence' | 'answer'>;
  readonly signal: AbortSignal;
  /** It said something, if only that it lives. */
  onHeard(): void;
}

/** Until the stream breaks, ends, or says nothing for so long. */
async function* tell({ fetch, after, within, signal, onHeard }: Stream): AsyncGenerator<EventLine> {
  const silent = new AbortController();
  /** What comes of it, given up where nothing does for so many ms. */
  const unlessSilent = <T>(ms: number, coming: Promise<T>): Promise<T> => {
    const stop = onceOver(ms, () => silent.abort());
    return coming.finally(stop);
  };
  const answer = await unlessSilent(
    within.answer,
    fetch(after === null ? '/v1/events' : `/v1/events?after=${after}`, {
      headers: { accept: 'text/event-stream' },
      signal: AbortSignal.any([signal, silent.signal]),
    }),
  );
  if (answer.status === 401) throw new SignedOut();
  if (!answer.ok || !answer.body) throw new Error(`status ${answer.status}`);
  const [reader, decoder, read] = [answer.body.getReader(), new TextDecoder(), frames()];
  for (;;) {
    const { done, value } = await unlessSilent(within.silence, reader.read());
    if (done) return;
    onHeard();
    for (const frame of read(decoder.decode(value, { stream: true }))) if (frame !== 'alive') yield toldIn(frame.data);
  }
}

/** Calls, until that is ended, once so many ms are over, also those in which the machine slept: its timers did, too, so the time of day counts as well. Returns what ends that. */
function onceOver(ms: number, act: () => void): () => void {
  const end = Date.now() + ms;
  const timer = setTimeout(act, ms);
  const looks = setInterval(() => Date.now() >= end && act(), 1_000);
  return () => {
    clearTimeout(timer);
    clearInterval(looks);
  };
}

/** An error on the way is the last that is told: whoever is asked again says what is wrong. */
function toldIn(data: string): EventLine {
  const told = JSON.parse(data) as EventLine | { readonly error: { readonly message: string } };
  if ('error' in told) throw new Error(told.error.message);
  return told;
}
