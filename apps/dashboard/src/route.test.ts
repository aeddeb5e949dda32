import { screens } from '@soundbite/model/page/screens.ts';
import { expect, it } from 'vitest';
import { noTime, pathTo, type Route, routeAt } from './route.ts';

const at = (address: string) => routeAt(new URL(address, 'http://127.0.0.1:8100'));

it.each(Object.keys(screens))('the screen %s is where its address leads', (screen) => {
  const about = { name: 'a/b %', id: 'a/b %', release: 'a/b %' };
  const path = pathTo({ screen, ...about } as unknown as Route);
  expect(at(path)).toMatchObject({ screen });
  expect(pathTo(at(path) as Route)).toBe(path);
});

it('a digest stays readable in an address', () => {
  const path = `/releases/sha256:${'a'.repeat(64)}`;
  expect(pathTo(at(path) as Route)).toBe(path);
  expect(at(path.replace(':', '%3A'))).toEqual(at(path));
});

it('an address says what is looked for, too', () => {
  const route: Route = { screen: 'environments', find: 'speak & louder?' };
  expect(at(pathTo(route))).toEqual(route);
  expect(at('/?find=')).toEqual({ screen: 'environments' });
});

it('an address says at which time it is seen, where that can be', () => {
  const route: Route = { screen: 'releases', at: '2026-12-01T03:12:00.000Z' };
  expect(at(pathTo(route))).toEqual(route);
  expect(at('/approvals?at=2026-12-01T03:12:00Z')).toEqual({ screen: 'approvals' });
});

it.each(['-271821-04-20T00:00:00Z', '2026-12-01', 'Dec 1', '0000-01-01T00:00:00Z', '+275760-09-13T00:00:00Z'])(
  '%s is no time',
  (text) => {
    expect(at(`/?${new URLSearchParams({ at: text })}`)).toEqual({ screen: 'environments', at: noTime });
  },
);

it.each(['/promotions/', '/promotions/a/b', '/promotions/%ff', '/nosuch', '//'])('%s leads nowhere', (address) => {
  expect(routeAt({ pathname: address, search: '' })).toBeNull();
});
