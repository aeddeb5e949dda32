import { expect, it } from 'vitest';
import { shownAddressOf, shownUrl } from './shown-url.ts';

it.each([
  ['127.0.0.2', '127.0.0.2'],
  ['127.0.0.1', undefined],
  ['', undefined],
  [undefined, undefined],
  // There everything refuses to answer.
  ['192.168.1.5', undefined],
  ['0.0.0.0', undefined],
  ['evil.example', undefined],
])('published at %s, a home tells %s', (said, told) => {
  expect(shownAddressOf({ SOUNDBITE_SHOWN_ADDRESS: said })).toBe(told);
});

it.each([
  ['http://127.0.0.1:8101', 'http://127.0.0.2:8101'],
  ['http://127.0.0.1', 'http://127.0.0.2'],
  ['http://127.0.0.1:8100/enter/abc', 'http://127.0.0.2:8100/enter/abc'],
  ['http://127.0.0.1.evil.example', 'http://127.0.0.1.evil.example'],
  ['https://a1.execute-api.eu-central-1.amazonaws.com', 'https://a1.execute-api.eu-central-1.amazonaws.com'],
])('%s is told as %s', (url, told) => {
  expect(shownUrl(url, '127.0.0.2')).toBe(told);
  expect(shownUrl(url, undefined)).toBe(url);
});
