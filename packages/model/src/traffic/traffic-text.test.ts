import { expect, it } from 'vitest';
import { groupedText, latencyText, partText, trafficText } from './traffic-text.ts';

it.each([
  [0, 0, '0 %'],
  [0, 9, '0 %'],
  [1, 100_000, '< 0.1 %'],
  [3, 1000, '0.3 %'],
  [1, 10, '10 %'],
  [995, 1000, '99.5 %'],
  [99_999, 100_000, '> 99.9 %'],
  [7, 7, '100 %'],
])('%d of %d is %s', (part, of, text) => {
  expect(partText(part, of)).toBe(text);
});

it.each([
  [0.1, '0.1 ms'],
  [4.21, '4.2 ms'],
  [9.97, '10 ms'],
  [84.3, '84 ms'],
  [999.6, '1 s'],
  [1_240, '1.2 s'],
  [61_000, '61 s'],
])('%d ms are %s', (ms, text) => {
  expect(latencyText(ms)).toBe(text);
});

it('says of an hour how many asked, how many of them failed, and how long they waited', () => {
  expect(trafficText({ requests: 1_204, errors: 4, p95: 84.3 })).toBe(
    '1,204 requests in the last hour, 0.3 % errors, p95 84 ms',
  );
  expect(trafficText({ requests: 1, errors: 0, p95: 20 })).toBe('1 request in the last hour, no errors, p95 20 ms');
  expect(trafficText({ requests: 0, errors: 0, p95: null })).toBe('no requests in the last hour');
});

it('groups the digits of large numbers', () => {
  expect([0, 999, 1_000, 1_234_567].map(groupedText)).toEqual(['0', '999', '1,000', '1,234,567']);
});
