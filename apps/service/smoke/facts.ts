/** What a check found: why it holds, or why not. `value` is for the checks that follow. */
export type Found<T = undefined> = { readonly ok: true; readonly detail: string; readonly value: T } | Failure;
export interface Failure {
  readonly ok: false;
  readonly detail: string;
}

export const holds = <T = undefined>(detail: string, value?: T): Found<T> => ({ ok: true, detail, value: value as T });
export const fails = (detail: string): Failure => ({ ok: false, detail });

/** The facts of this run. */
export interface Facts {
  /** Runs a check and says its fact; gives its value, or undefined if it does not hold. */
  check<T>(name: string, run: () => Promise<Found<T>>): Promise<T | undefined>;
  /** Whether all hold so far. */
  readonly allHold: boolean;
}

/** `say` prints a line. */
export function factsTo(say: (line: string) => void): Facts {
  let allHold = true;
  return {
    get allHold() {
      return allHold;
    },
    async check(name, run) {
      const begun = performance.now();
      const found = await run().catch((error: unknown): Failure => fails(reasonOf(error)));
      const ms = Math.round(performance.now() - begun);
      say(JSON.stringify({ fact: name, ok: found.ok, detail: found.detail, ms }));
      allHold &&= found.ok;
      return found.ok ? found.value : undefined;
    },
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
