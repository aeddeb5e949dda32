/** After so many ms it is asked again what nobody could say: somebody may have fetched it meanwhile. */
const unsaidMs = 30_000;

/** Remembers what never changes once it is said, by its key; null, that it cannot be said, only for a while: the page asks after every change. `now`: ms of a clock that nobody puts back. */
export function saidOnce<Value>(now: () => number = () => performance.now()) {
  const said = new Map<string, Value>();
  const unsaid = new Map<string, number>();
  const told = (key: string, value: Value): void => {
    unsaid.delete(key);
    said.set(key, value);
  };
  return {
    /** Somebody says it unasked. */
    told,
    async of(key: string, ask: () => Promise<Value | null>): Promise<Value | null> {
      const known = said.get(key);
      if (known !== undefined) return known;
      const since = unsaid.get(key);
      if (since !== undefined && now() - since < unsaidMs) return null;
      const value = await ask();
      if (value === null) unsaid.set(key, now());
      else told(key, value);
      return value;
    },
  };
}
