import { setTimeout as sleep } from 'node:timers/promises';

/** What users met. */
export interface Met {
  /** What those said that served them. */
  readonly said: ReadonlySet<string>;
  /** Why nobody served them, one text for each time. */
  readonly failures: readonly string[];
  readonly count: number;
}

/** Users who use a service again and again, each on their own, until they are told to end. `use`: once, whole; throws where nobody serves. */
export function usersOf(use: () => Promise<string>, { howMany = 2, everyMs = 5 } = {}): { end(): Promise<Met> } {
  const said = new Set<string>();
  const failures: string[] = [];
  let count = 0;
  let isOn = true;
  const run = async () => {
    while (isOn) {
      await use().then(
        (text) => said.add(text),
        (error: Error) => failures.push(`${error.message} ${error.cause ?? ''}`.trim()),
      );
      count += 1;
      await sleep(everyMs);
    }
  };
  const running = Promise.all(Array.from({ length: howMany }, run));
  return {
    async end() {
      isOn = false;
      await running;
      return { said, failures, count };
    },
  };
}
