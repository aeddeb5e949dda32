import { describe, expect, it } from 'vitest';
import { matchedRoute } from './matched-route.ts';

const keys = ['ANY /{proxy+}', 'GET /orders/{id}', 'ANY /orders/new', 'GET /', 'POST /orders', 'ANY /orders/{id}'];
const keyOf = (method: string, path: string) => matchedRoute(keys, method, path)?.key;

describe('the route that takes a request', () => {
  it('is the most specific one that has the method', () => {
    expect(keyOf('GET', '/orders/new')).toBe('ANY /orders/new');
    expect(keyOf('GET', '/orders/7')).toBe('GET /orders/{id}');
    expect(keyOf('PUT', '/orders/7')).toBe('ANY /orders/{id}');
    expect(keyOf('GET', '/')).toBe('GET /');
  });

  it('is the one for the rest of the path where no other has the method', () => {
    expect(keyOf('GET', '/orders')).toBe('ANY /{proxy+}');
    expect(keyOf('GET', '/a/b')).toBe('ANY /{proxy+}');
  });

  it('is none at the root of an API that has only paths below it, and the default one where there is one', () => {
    expect(keyOf('POST', '/')).toBeUndefined();
    expect(matchedRoute([...keys, '$default'], 'POST', '/')).toEqual({ key: '$default', path: null, parameters: {} });
  });

  it('tells what stands in the path', () => {
    expect(matchedRoute(['GET /a/{b}/{c+}'], 'GET', '/a/1/2/3')).toEqual({
      ...{ key: 'GET /a/{b}/{c+}', path: '/a/{b}/{c+}' },
      parameters: { b: '1', c: '2/3' },
    });
    expect(matchedRoute(['GET /a/{b}'], 'GET', '/a/1/2')).toBeNull();
  });
});
