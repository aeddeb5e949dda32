/** One answer of the service, or the error that came instead. */
export interface PolledAnswer {
  readonly at: number;
  readonly status: number | null;
  readonly release: string | null;
  readonly error?: string;
}

/** A client that asks an environment for its version, or something else, over and over, one request at a time, until it is stopped. */
export function pollingClient(
  url: string,
  everyMs = 20,
  path = '/version',
): { answers: readonly PolledAnswer[]; stop(): Promise<readonly PolledAnswer[]> } {
  const answers: PolledAnswer[] = [];
  let running = true;
  const loop = (async () => {
    while (running) {
      answers.push(await ask(`${url}${path}`));
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  })();
  return {
    answers,
    async stop() {
      running = false;
      await loop;
      return answers;
    },
  };
}

async function ask(url: string): Promise<PolledAnswer> {
  const at = Date.now();
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });
    const { release } = (await answer.json()) as { release?: string };
    return { at, status: answer.status, release: release ?? null };
  } catch (error) {
    return {
      at,
      status: null,
      release: null,
      error: error instanceof Error ? `${error.message} ${String(error.cause ?? '')}` : String(error),
    };
  }
}

/** Answers that are no 200: what a user would have called a failure. */
export const failures = (answers: readonly PolledAnswer[]): PolledAnswer[] =>
  answers.filter(({ status }) => status !== 200);
