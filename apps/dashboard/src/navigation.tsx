import {
  type ComponentProps,
  createContext,
  type MouseEvent,
  type ReactNode,
  useContext,
  useSyncExternalStore,
} from 'react';
import { isOfThePast, pathTo, type Route, routeAt } from './route.ts';

/** Told when the page goes elsewhere by itself; the browser tells of Back and Forward alone. */
const moved = new EventTarget();

/** Shows something else; `replace`: in the place of what is shown, so that Back does not lead to it. */
export function goTo(route: Route, replace = false): void {
  const address = pathTo(route);
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  moved.dispatchEvent(new Event('moved'));
}

/** What the address says now; null: nothing that is known. */
export function useRoute(): Route | null {
  return useSyncExternalStore(hear, routeNow);
}

let seen: { readonly address: string; readonly route: Route | null } | undefined;

/** Each link asks: an address is read once. */
function routeNow(): Route | null {
  const address = location.pathname + location.search;
  if (seen?.address !== address) seen = { address, route: routeAt(location) };
  return seen.route;
}

/** Which screen, of what; not how it is looked at. */
export const usePathname = (): string => useSyncExternalStore(hear, () => location.pathname);

const Past = createContext<string | null>(null);

/** Tells the page which time it shows: one listens for all, since every link asks. */
export const ShownTime = ({ children }: { readonly children: ReactNode }) => (
  <Past value={useSyncExternalStore(hear, () => routeNow()?.at ?? null)}>{children}</Past>
);

/** The time (ISO 8601) at which the page shows everything; null: now. */
export const usePast = (): string | null => useContext(Past);

function hear(tell: () => void): () => void {
  addEventListener('popstate', tell);
  moved.addEventListener('moved', tell);
  return () => {
    removeEventListener('popstate', tell);
    moved.removeEventListener('moved', tell);
  };
}

type GoProps = Omit<ComponentProps<'a'>, 'href' | 'onClick'> & {
  readonly to: Route | (Omit<Route, 'at'> & { readonly at: null });
};

/** A link within the page, which stays at the time that is shown; with `at` null it leads to now. Opened elsewhere (with Ctrl, in a new tab) it is one like any other. */
export function Go({ to: { at, ...named }, ...more }: GoProps) {
  const past = usePast();
  const then = at === undefined && isOfThePast(named) ? past : at;
  const to = (then ? { ...named, at: then } : named) as Route;
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    goTo(to);
    scrollTo(0, 0);
  };
  return <a {...more} href={pathTo(to)} onClick={follow} />;
}
