import { describe, expect, it } from 'vitest';
import { canonicalPath, canonicalTarget } from './path.ts';

/** What API Gateway's HTTP API makes of a path: every escape decoded, but `%25`. */
const byGateway = (path: string) =>
  path.replace(/(?:%[0-9a-f]{2})+/gi, (run) =>
    run
      .split(/(%25)/)
      .map((part) => (part === '%25' ? part : Buffer.from(part.replaceAll('%', ''), 'hex').toString('utf8')))
      .join(''),
  );

describe('a path', () => {
  it.each([
    ['/version', '/version'],
    ['/%76ersion', '/version'],
    ['//version', '//version'],
    ['/version/', '/version/'],
    ['/./version', '/~/version'],
    ['/a/%2e%2E/version', '/a/~/version'],
    ['/soundbites/a%2fb', '/soundbites/a/b'],
    ['/a%3fb%23c', '/a%3Fb%23c'],
    ['/a%2541', '/a%2541'],
    ['/a%252e', '/a%252e'],
    ['/%zz%', '/%25zz%25'],
    ['/%ff', '/%EF%BF%BD'],
    ['/a%00b', '/a%00b'],
    ['/caf%C3%A9', '/caf%C3%A9'],
    ['/a\\..\\b', '/a%5C..%5Cb'],
  ])('%s has one spelling, by a gateway and without', (path, spelling) => {
    expect(canonicalPath(path)).toBe(spelling);
    expect(canonicalPath(byGateway(path))).toBe(spelling);
  });

  it('keeps the query of its request, and is found in a URL', () => {
    expect(canonicalTarget('/%76ersion?a=%2f&b')).toBe('/version?a=%2f&b');
    expect(canonicalTarget('http://127.0.0.1:1/%76ersion?a')).toBe('/version?a');
    expect(canonicalTarget('http://localhost?a')).toBe('/?a');
    for (const other of ['*', 'http://[::x', 'localhost:80']) expect(canonicalTarget(other)).toBe(other);
  });
});
