import { screens } from '@soundbite/model/page/screens.ts';

type Screens = typeof screens;
type PartOf<Path> = Path extends `${string}:${infer Part}/${infer Rest}`
  ? Part | PartOf<`/${Rest}`>
  : Path extends `${string}:${infer Part}`
    ? Part
    : never;

/** Screens that can be seen as they were. */
const pastScreens: readonly string[] = ['environments', 'releases', 'environment', 'freezes'];

/** What the page shows, as its address says: a screen, what it is about, what is looked for there, and at which time (ISO 8601) it is seen; absent: now. */
export type Route = {
  readonly [Screen in keyof Screens]: { readonly screen: Screen; readonly find?: string; readonly at?: string } & {
    readonly [Part in PartOf<Screens[Screen]>]: string;
  };
}[keyof Screens];

/** Null: the page has nothing at this address. */
export function routeAt({ pathname, search }: Pick<Location, 'pathname' | 'search'>): Route | null {
  const given = pathname.split('/');
  const asked = new URLSearchParams(search);
  const [find, at] = [asked.get('find'), asked.get('at')];
  for (const [screen, path] of Object.entries(screens)) {
    const parts = partsAt(path.split('/'), given);
    if (parts)
      return {
        screen,
        ...parts,
        ...(find && { find }),
        ...(at && isOfThePast({ screen }) && { at: timeIn(at) }),
      } as Route;
  }
  return null;
}

/** A time as the control plane takes it; what is none stays, and is said to be none. */
function timeIn(text: string): string {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const time = isTime ? Date.parse(text) : Number.NaN;
  return time >= firstTime ? text : noTime;
}

/** What names no time in an address. */
export const noTime = 'no-time';

const firstTime = Date.parse('0001-01-02T00:00:00Z');

/** What a path names; null: it is another path, or something in it is empty or no text. */
function partsAt(path: readonly string[], given: readonly string[]): Record<string, string> | null {
  if (path.length !== given.length) return null;
  const parts: Record<string, string> = {};
  for (const [index, part] of path.entries()) {
    const text = given[index] ?? '';
    const named = part.startsWith(':') ? decoded(text) : '';
    if (part.startsWith(':') ? named === '' : part !== text) return null;
    if (named !== '') parts[part.slice(1)] = named;
  }
  return parts;
}

/** What is no text in UTF-8 is no name either. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

/** A digest stays readable: a colon means nothing in a path. */
const written = (part: string): string => encodeURIComponent(part).replaceAll('%3A', ':');

/** Whether it can be seen as it was. */
export const isOfThePast = ({ screen }: { readonly screen: string }): boolean => pastScreens.includes(screen);

/** Where it is shown. */
export function pathTo(route: Route): string {
  const parts = route as unknown as Readonly<Record<string, string>>;
  const path = screens[route.screen].replaceAll(/:(\w+)/g, (_, part: string) => written(parts[part] ?? ''));
  // Every link on the page asks.
  if (!route.find && !route.at) return path;
  const asked = new URLSearchParams({ ...(route.find && { find: route.find }), ...(route.at && { at: route.at }) });
  return `${path}?${asked}`;
}
