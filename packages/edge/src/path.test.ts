import { describe, expect, it } from 'vitest';
import { safePath } from './path.ts';

describe('safePath', () => {
  it.each(['/', '/a/b?c=../d', '/a..b/.c', '/%zz', '/a//b'])('passes %s', (url) => {
    expect(safePath(url)).toBe(url);
  });

  it('takes the absolute form', () => {
    expect(safePath('http://127.0.0.1:8104/orders?a=1')).toBe('/orders?a=1');
  });

  it.each([
    '/..',
    '/a/../b',
    '/a/./b',
    '/%2e%2e/x',
    '/a/.%2E/x',
    '/a%2f..%2fb',
    '/a\\..\\b',
    '/a%5c..%5cb',
    '*',
    'x',
    '',
    '/caf\u00e9',
    '/a?b=\u00ff',
    'http://127.0.0.1/\u00e9',
  ])('refuses %s', (url) => {
    expect(safePath(url)).toBeNull();
  });
});
