/** Does the work for each item, at most so many at a time. After the first that fails no other is begun, and it is thrown once those under way have ended. */
export async function someAtOnce<T>(
  most: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  let failed = false;
  const worker = async () => {
    for (const item of waiting) {
      if (failed) return;
      await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: most }, worker));
  const refused = ended.find((one) => one.status === 'rejected');
  if (refused) throw refused.reason;
}
