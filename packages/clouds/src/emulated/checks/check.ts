import type { TestAccount } from '../test-account.ts';

/** What one correction makes true. `holds` rejects where it is not, so it must reject when the correction is left out. */
export interface Check {
  /** The module's name in `emulator/corrections`. */
  readonly correction: string;
  readonly title: string;
  /** The error of `holds` when the correction is left out: its own assertion, or what the account answers in its place. */
  readonly failsWithout: RegExp;
  /** The account may be stopped and started again, but must run when this ends. Names must be of this check alone. */
  holds(account: TestAccount): Promise<void>;
}

/** Polls until `ready` gives something other than undefined; rejects after `milliseconds`. */
export async function eventually<T>(
  what: string,
  ready: () => Promise<T | undefined>,
  milliseconds = 10_000,
): Promise<T> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const value = await ready();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`${what}: not seen within ${milliseconds} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
