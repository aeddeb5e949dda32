import { afterEach, expect, it, vi } from 'vitest';
import { askEarly, takeEarly } from './early.ts';

const asked = () => {
  const fetch = vi.fn(async (address: string) => new Response(address));
  vi.stubGlobal('fetch', fetch);
  return () => fetch.mock.calls.map(([address]) => address);
};
afterEach(() => vi.unstubAllGlobals());

const digest = `sha256:${'a'.repeat(64)}`;
const inPath = encodeURIComponent(digest);

it.each([
  [{ pathname: '/', search: '' }, []],
  [{ pathname: '/promotions/p-1', search: '' }, ['/v1/promotions/p-1/timeline']],
  [
    { pathname: '/environments/staging', search: '' },
    ['/v1/environments/staging', '/v1/promotions?environment=staging&limit=50'],
  ],
  [{ pathname: '/releases', search: '' }, ['/v1/matrix?limit=25']],
  [{ pathname: '/', search: '?at=yesterday' }, []],
  [
    { pathname: `/releases/${digest}`, search: '' },
    [`/v1/releases/${inPath}`, `/v1/matrix?release=${inPath}`, `/v1/releases/${inPath}/evidence`],
  ],
])('%j is asked for early, with what every screen shows', (place, more) => {
  const told = asked();
  askEarly(place);
  expect(told()).toEqual(['/v1/overview', '/v1/me', ...more]);
});

it('at another time its overview is asked for early, and not the one of now', () => {
  const told = asked();
  askEarly({ pathname: '/releases', search: '?at=2026-12-01T03:12:00Z' });
  expect(told()).toEqual(['/v1/overview?at=2026-12-01T03%3A12%3A00Z', '/v1/me']);
});

it('an early answer is taken once; one that failed fails whoever takes it, and nobody else', async () => {
  asked();
  askEarly({ pathname: '/', search: '' });
  expect(await (await takeEarly('/v1/overview')?.answer)?.text()).toBe('/v1/overview');
  expect(takeEarly('/v1/overview')).toBeUndefined();
  vi.stubGlobal('fetch', () => Promise.reject(new Error('gone')));
  askEarly({ pathname: '/', search: '' });
  await expect(takeEarly('/v1/me')?.answer).rejects.toThrow('gone');
});
