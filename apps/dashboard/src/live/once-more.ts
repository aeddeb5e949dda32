/**
 * Does something at once when it is called, and once more after that if it was called meanwhile, however often: what is told while an answer is on its way may
 * not be in it, and an answer that was begun anew at each of many changes would never come.
 */
export function onceMore(work: () => Promise<unknown>): () => void {
  let isBusy = false;
  let isDue = false;
  const call = async (): Promise<void> => {
    isDue = isBusy;
    if (isBusy) return;
    isBusy = true;
    await work().catch(() => undefined);
    isBusy = false;
    if (isDue) void call();
  };
  return () => void call();
}
