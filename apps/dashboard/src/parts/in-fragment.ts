/** What stands behind the # of the address by this name: that something is unfolded, or how it is looked at. Null: nothing does. */
export const inFragment = (name: string): string | null => new URLSearchParams(location.hash.slice(1)).get(name);

/** Keeps that, so that the address can be sent; null: no longer. Back leads where it led before. */
export function keepInFragment(name: string, value: string | null): void {
  if (inFragment(name) === value) return;
  const kept = new URLSearchParams(location.hash.slice(1));
  if (value === null) kept.delete(name);
  else kept.set(name, value);
  const text = kept.toString().replaceAll(/=(?=&|$)/g, '');
  history.replaceState(history.state, '', `${location.pathname}${location.search}${text && `#${text}`}`);
}
