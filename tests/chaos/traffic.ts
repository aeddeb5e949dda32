import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { failures, type PolledAnswer, pollingClient } from '../support/polling-client.ts';

/** A text that an environment has accepted: at least once, by one idempotency key. */
export interface Accepted {
  readonly key: string;
  readonly text: string;
  id: string;
  /** When it was accepted last, in ms since 1970. */
  at: number;
  /** Times at which it had been accepted, and was forgotten since. */
  readonly forgotten: number[];
}

/** What users saw of one environment while something was killed. */
export interface Seen {
  readonly requests: number;
  readonly failed: readonly PolledAnswer[];
  readonly accepted: readonly Accepted[];
  /** Texts that were not accepted, however often they were posted. */
  readonly refused: readonly string[];
}

/** Polls /version and the list, and lets an environment say a new text every `everyMs`, as a client does that repeats what failed under the same key. */
export function traffic(url: string, label: string, everyMs = 1500): { stop(): Promise<Seen> } {
  // What operators ask for says nothing to the watch: the list is what users ask for.
  const pollers = [pollingClient(url, 60), pollingClient(url, 150, '/soundbites?limit=1')];
  const accepted: Accepted[] = [];
  const refused: string[] = [];
  let running = true;
  const speaker = (async () => {
    for (let count = 1; running; count++) {
      const text = `Soundbite ${count} of ${label}, said while something is killed.`;
      try {
        accepted.push(await post(url, { key: randomUUID(), text, id: '', at: 0, forgotten: [] }));
      } catch (error) {
        refused.push((error as Error).message);
      }
      await pause(everyMs);
    }
  })();
  return {
    async stop() {
      running = false;
      const answers = (await Promise.all(pollers.map((poller) => poller.stop()))).flat();
      await speaker;
      return {
        requests: answers.length,
        failed: failures(answers).sort((one, other) => one.at - other.at),
        accepted,
        refused,
      };
    },
  };
}

async function post(url: string, wanted: Accepted, withinMs = 60_000): Promise<Accepted> {
  const end = performance.now() + withinMs;
  for (;;) {
    const outcome = await once(url, wanted).catch((error: Error) => `${error.message} ${String(error.cause ?? '')}`);
    if (typeof outcome !== 'string') return Object.assign(wanted, outcome, { at: Date.now() });
    if (performance.now() > end)
      throw new Error(`"${wanted.text}" was not accepted within ${withinMs / 1000} s: ${outcome}`);
    await pause(200);
  }
}

/** The id, or why it was not accepted. A client that is refused for good (4xx) must not go on. */
async function once(url: string, { key, text }: Accepted): Promise<{ id: string } | string> {
  const answer = await fetch(`${url}/soundbites`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ text, format: 'wav' }),
    signal: AbortSignal.timeout(30_000),
  });
  const body = await answer.text();
  if (answer.status === 202) return { id: (JSON.parse(body) as { id: string }).id };
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 429)
    throw new Error(`"${text}" was refused with ${answer.status}: ${body}`);
  return `${answer.status} ${body}`;
}

/** Waits until every accepted text is ready; one that the environment forgot is posted again. Returns what did not become ready. */
export async function untilReady(url: string, accepted: readonly Accepted[], withinMs = 150_000): Promise<string[]> {
  const end = performance.now() + withinMs;
  const problems = await Promise.all(
    accepted.map(async (one) => {
      for (;;) {
        const status = await statusOf(url, one.id).catch((error: Error) => error.message);
        if (status === 'ready') return null;
        if (status === 'forgotten') {
          one.forgotten.push(one.at);
          const refused = await post(url, one).then(
            () => null,
            (error: Error) => error.message,
          );
          if (refused) return refused;
        } else if (status === 'failed' || performance.now() > end)
          return `soundbite ${one.id} ("${one.text}") is ${status}`;
        await pause(250);
      }
    }),
  );
  return problems.filter((problem) => problem !== null);
}

async function statusOf(url: string, id: string): Promise<string> {
  const answer = await fetch(`${url}/soundbites/${id}`, { signal: AbortSignal.timeout(30_000) });
  if (answer.status === 404) return 'forgotten';
  const body = await answer.text();
  if (!answer.ok) return `${answer.status} ${body}`;
  return (JSON.parse(body) as { status: string }).status;
}
