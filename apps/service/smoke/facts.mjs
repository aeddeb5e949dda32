// @ts-check

/**
 * What a check found: why it holds, or why not. `value` is for the checks that follow.
 * @template T
 * @typedef {{ readonly ok: true, readonly detail: string, readonly value: T } | Failure} Found
 */

/**
 * @typedef {{ readonly ok: false, readonly detail: string }} Failure
 *
 * @typedef {object} Facts The facts of this run.
 * @property {<T>(name: string, run: () => Promise<Found<T>>) => Promise<T | undefined>} check Runs a check and says its fact; gives its value, or undefined if it does not hold.
 * @property {boolean} allHold Whether all hold so far.
 */

/**
 * @template T
 * @param {string} detail
 * @param {T} value
 * @returns {Found<T>}
 */
export const holdsWith = (detail, value) => ({ ok: true, detail, value });

/**
 * @param {string} detail
 * @returns {Found<undefined>}
 */
export const holds = (detail) => holdsWith(detail, undefined);

/**
 * @param {string} detail
 * @returns {Failure}
 */
export const fails = (detail) => ({ ok: false, detail });

/**
 * `say` prints a line.
 * @param {(line: string) => void} say
 * @returns {Facts}
 */
export function factsTo(say) {
  let allHold = true;
  return {
    get allHold() {
      return allHold;
    },
    async check(name, run) {
      const begun = performance.now();
      const found = await run().catch((error) => fails(reasonOf(error)));
      const ms = Math.round(performance.now() - begun);
      say(JSON.stringify({ fact: name, ok: found.ok, detail: found.detail, ms }));
      allHold &&= found.ok;
      return found.ok ? found.value : undefined;
    },
  };
}

/** @param {unknown} error */
function reasonOf(error) {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
