import { describe, expect, it } from 'vitest';
import { routeName } from './route-name.ts';

describe('routeName', () => {
  it.each([
    ['/', '/'],
    ['/orders?cursor=abc', '/orders'],
    ['/orders/0193f3a0-7b5c-7c3e-9f00-0123456789ab', '/orders/:id'],
    ['/orders/0193f3a0-7b5c-7c3e-9f00-0123456789ab/bills?x=/1', '/orders/:id/bills'],
    ['/orders/01JD3XKQ5V8Q2Z6W9N4R7T1M0P', '/orders/:id'],
    ['/things/deadbeefdeadbeef/parts/42', '/things/:id/parts/:id'],
    [`/releases/sha256:${'a'.repeat(64)}`, '/releases/:id'],
    [`/${'x'.repeat(5_000)}`, '/:id'],
    ['/openapi.json', '/openapi.json'],
    ['/facade', '/facade'],
  ])('%s is %s', (url, name) => {
    expect(routeName(url)).toBe(name);
  });

  it('is never longer than 160', () => {
    expect(routeName('/abc'.repeat(500)).length).toBe(160);
  });
});
