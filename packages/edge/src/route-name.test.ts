import { describe, expect, it } from 'vitest';
import { safePath } from './path.ts';
import { routeName } from './route-name.ts';

describe('routeName', () => {
  it.each([
    ['/', '/'],
    ['/soundbites?cursor=abc', '/soundbites'],
    ['/soundbites/0193f3a0-7b5c-7c3e-9f00-0123456789ab', '/soundbites/:id'],
    ['/soundbites/0193f3a0-7b5c-7c3e-9f00-0123456789ab/audio?x=/1', '/soundbites/:id/audio'],
    ['/soundbites/01JD3XKQ5V8Q2Z6W9N4R7T1M0P', '/soundbites/:id'],
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

describe('safePath', () => {
  it.each(['/', '/a/b?c=../d', '/a..b/.c', '/%zz', '/a//b'])('passes %s', (url) => {
    expect(safePath(url)).toBe(url);
  });

  it('takes the absolute form', () => {
    expect(safePath('http://127.0.0.1:8104/soundbites?a=1')).toBe('/soundbites?a=1');
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
  ])('refuses %s', (url) => {
    expect(safePath(url)).toBeNull();
  });
});
