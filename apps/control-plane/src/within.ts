/** What `within` answers in the place of what came too late. */
export const late = Symbol('late');

/** What `work` comes to if it ends in time, in ms; it goes on in any case. Errors: those of `work`. */
export async function within<T>(work: Promise<T>, ms: number): Promise<T | typeof late> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), ms);
  });
  return Promise.race([work, over]).finally(() => clearTimeout(timer));
}
