/** What the page shows, as its address says. Each can be shared. */
export type Route =
  | { readonly screen: 'environments'; readonly find: string }
  | { readonly screen: 'promotion'; readonly id: string };

/** Null: the page has nothing at this address. */
export function routeAt({ pathname, search }: Pick<Location, 'pathname' | 'search'>): Route | null {
  const asked = new URLSearchParams(search);
  const [screen = '', name, ...more] = pathname.split('/').slice(1).map(decoded);
  if (screen === '' && name === undefined) return { screen: 'environments', find: asked.get('find') ?? '' };
  if (screen === 'promotions' && name && more.length === 0) return { screen: 'promotion', id: name };
  return null;
}

/** What is no text in UTF-8 is no name either. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

/** Where it is shown. */
export function pathTo(route: Route): string {
  if (route.screen === 'promotion') return `/promotions/${encodeURIComponent(route.id)}`;
  return route.find === '' ? '/' : `/?${new URLSearchParams({ find: route.find })}`;
}
