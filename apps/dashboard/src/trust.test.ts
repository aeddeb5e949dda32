import { afterEach, expect, it, vi } from 'vitest';
import { trustOwnFiles } from './trust.ts';

afterEach(() => void vi.unstubAllGlobals());

it('lets files of the page be started as workers, nothing of elsewhere, and no text become markup or a program', () => {
  const createPolicy = vi.fn();
  vi.stubGlobal('trustedTypes', { createPolicy });
  vi.stubGlobal('location', new URL('http://127.0.0.1:4/releases'));
  trustOwnFiles();
  const [name, rules] = createPolicy.mock.calls[0] as [string, { createScriptURL(url: string): string | null }];
  expect([name, Object.keys(rules)]).toEqual(['default', ['createScriptURL']]);
  const own = 'http://127.0.0.1:4/assets/worker-1.js';
  expect(rules.createScriptURL(own)).toBe(own);
  for (const url of [
    'http://127.0.0.1:5/assets/a.js',
    '//evil.example/assets/a.js',
    'data:text/javascript,1',
    '/v1/ledger',
    'blob:http://127.0.0.1:4/1',
  ])
    expect(rules.createScriptURL(url), url).toBeNull();
});

it('is not needed where the browser knows no Trusted Types', () => {
  expect(trustOwnFiles).not.toThrow();
});
