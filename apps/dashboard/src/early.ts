import { promotionsAtOnce } from './promotion-pages.ts';

/** The cookie alone says who asks; nothing is kept, and nothing leads elsewhere. */
export const always = {
  mode: 'same-origin',
  credentials: 'same-origin',
  redirect: 'error',
  cache: 'no-store',
} as const;

/** What was asked for before anybody wanted it, by its address. */
const early = new Map<string, Promise<Response>>();

/** What a screen shows first: it is asked for while the rest of the page is still being read, which takes a slow device longer than the answer. */
export function askEarly({ pathname, search }: Pick<Location, 'pathname' | 'search'>): void {
  const promotion = /^\/promotions\/[^/]+$/.test(pathname) ? [`/v1${pathname}/timeline`] : [];
  const [, name] = /^\/environments\/([^/]+)$/.exec(pathname) ?? [];
  const environment =
    name === undefined || search !== ''
      ? []
      : [`/v1/environments/${name}`, `/v1/promotions?environment=${name}&limit=${promotionsAtOnce}`];
  const matrix = pathname === '/releases' && search === '' ? ['/v1/matrix?limit=25'] : [];
  for (const address of ['/v1/overview', '/v1/me', ...promotion, ...environment, ...matrix]) {
    const answer = fetch(address, always);
    // Whoever takes it hears of it.
    answer.catch(() => undefined);
    early.set(address, answer);
  }
}

/** The answer to what was asked early; once, since it is of then. */
export function takeEarly(address: string): Promise<Response> | undefined {
  const answer = early.get(address);
  early.delete(address);
  return answer;
}

// This file runs before the page's own script is read. Workers ask for nothing.
if (typeof document === 'object') askEarly(location);
