/**
 * One look for all who ask at the same time: who comes while one is being made shares the next, since the present one may have seen what they want to know before
 * it changed. So readers that ask after each change cost no more than one of them.
 */
export function oneAtATime<Seen>(look: () => Promise<Seen>): () => Promise<Seen> {
  let current: Promise<Seen> | null = null;
  let next: Promise<Seen> | null = null;
  const begin = (): Promise<Seen> => {
    const mine = look().finally(() => {
      if (current === mine) current = null;
    });
    current = mine;
    return mine;
  };
  return () => {
    if (current === null) return begin();
    next ??= current.then(
      () => startNext(),
      () => startNext(),
    );
    return next;
  };
  function startNext(): Promise<Seen> {
    next = null;
    return begin();
  }
}
