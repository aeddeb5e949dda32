import { setTimeout as sleep } from 'node:timers/promises';

/** Looks until `look` gives something, or gives undefined after `withinMs`. The first look is at once. */
export async function poll<T>(
  look: () => Promise<T | undefined>,
  { everyMs, withinMs, signal }: { readonly everyMs: number; readonly withinMs: number; readonly signal?: AbortSignal },
): Promise<T | undefined> {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() + everyMs > end) return undefined;
    await sleep(everyMs, undefined, signal ? { signal } : {});
  }
}
