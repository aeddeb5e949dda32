import { describe, expect, it } from 'vitest';
import { isLoopbackHost } from './loopback.ts';

describe('a Host header', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.1:8101',
    '127.0.0.2',
    '127.1.22.250:8101',
    'localhost:1',
    'LOCALHOST',
    '[::1]:8100',
    'abc.execute-api.localhost:4566',
  ])('%s is of the loopback interface', (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:8101',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.2.evil.example',
    '128.0.0.1',
    '127.0.0',
    'evillocalhost',
    '127.0.0.1:8101@evil.example',
    '127.0.0.1:8101, evil.example',
    '0.0.0.0:8101',
    '[::1',
    'localhost:',
    'user@localhost',
  ])('%s is not', (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  });
});
