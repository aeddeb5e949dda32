import { expect, it } from 'vitest';
import { pathTo, type Route, routeAt } from './route.ts';

const at = (address: string) => routeAt(new URL(address, 'http://127.0.0.1:8100'));

it.each<[Route]>([
  [{ screen: 'environments', find: '' }],
  [{ screen: 'environments', find: 'speak & louder?' }],
  [{ screen: 'promotion', id: 'a/b %' }],
])('%j is where its address leads', (route) => {
  expect(at(pathTo(route))).toEqual(route);
});

it.each(['/promotions', '/promotions/', '/promotions/a/b', '/promotions/%ff', '/nosuch'])(
  '%s leads nowhere',
  (address) => {
    expect(at(address)).toBeNull();
  },
);
