import { afterEach, expect, it, vi } from 'vitest';
import { inFragment, keepInFragment } from './in-fragment.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

it('keeps in the address what is unfolded and how it is looked at', () => {
  const location = { pathname: '/environments/staging', search: '?at=x', hash: '' };
  const history = {
    state: null,
    replaceState(_: unknown, __: string, address: string) {
      location.hash = address.includes('#') ? address.slice(address.indexOf('#')) : '';
      expect(address).toMatch(/^\/environments\/staging\?at=x/);
    },
  };
  vi.stubGlobal('location', location);
  vi.stubGlobal('history', history);
  expect(inFragment('logs')).toBeNull();
  keepInFragment('logs', '');
  keepInFragment('lines', 'a & b');
  expect(location.hash).toBe('#logs&lines=a+%26+b');
  expect([inFragment('logs'), inFragment('lines'), inFragment('level')]).toEqual(['', 'a & b', null]);
  keepInFragment('lines', null);
  keepInFragment('logs', null);
  expect(location.hash).toBe('');
});
