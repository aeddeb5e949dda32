import { promotionsAtOnce } from './promotion-pages.ts';

/** The cookie alone says who asks; nothing is kept, and nothing leads elsewhere. */
export const always = {
  mode: 'same-origin',
  credentials: 'same-origin',
  redirect: 'error',
  cache: 'no-store',
} as const;

/** What was asked for before anybody wanted it, by its address. */
const early = new Map<string, Early>();

interface Early {
  readonly answer: Promise<Response>;
  /** In ms since 1970, by this browser's clock. */
  readonly askedAt: number;
}

/** What a screen shows first: it is asked for while the rest of the page is still being read, which takes a slow device longer than the answer. */
export function askEarly({ pathname, search }: Pick<Location, 'pathname' | 'search'>): void {
  const of = (screen: RegExp) => screen.exec(pathname)?.[1];
  const promotion = of(/^\/promotions\/([^/]+)$/);
  const environment = of(/^\/environments\/([^/]+)$/);
  const release = of(/^\/releases\/sha256(?::|%3A)([0-9a-f]{64})$/i);
  const at = new URLSearchParams(search).get('at');
  // At another time the present only counts what waits, in the bar: that comes later.
  const overview = at !== null && /^\d{4}-/.test(at) ? `/v1/overview?${new URLSearchParams({ at })}` : '/v1/overview';
  const more = [
    ...(promotion ? [`/v1/promotions/${promotion}/timeline`] : []),
    ...(environment && search === '' ? ofEnvironment(environment) : []),
    ...(release ? ofRelease(`sha256%3A${release}`) : []),
    ...(pathname === '/releases' && search === '' ? ['/v1/matrix?limit=25'] : []),
  ];
  for (const address of [overview, '/v1/me', ...more]) {
    const answer = fetch(address, always);
    // Whoever takes it hears of it.
    answer.catch(() => undefined);
    early.set(address, { answer, askedAt: Date.now() });
  }
}

const ofEnvironment = (name: string) => [
  `/v1/environments/${name}`,
  `/v1/promotions?environment=${name}&limit=${promotionsAtOnce}`,
];

const ofRelease = (digest: string) => [
  `/v1/releases/${digest}`,
  `/v1/matrix?release=${digest}`,
  `/v1/releases/${digest}/evidence`,
];

/** The answer to what was asked early; once, since it is of then. */
export function takeEarly(address: string): Early | undefined {
  const taken = early.get(address);
  early.delete(address);
  return taken;
}

// This file runs before the page's own script is read. Workers ask for nothing.
if (typeof document === 'object') askEarly(location);
