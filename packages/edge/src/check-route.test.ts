import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkRoute } from './check-route.ts';
import { releaseOfDigit } from './testing.ts';

const upstream = { kind: 'http', url: 'http://127.0.0.1:9501', release: releaseOfDigit('a'), share: 1 };
const route = { environment: 'staging', port: 8104, generation: 3, upstreams: [upstream] };

describe('checkRoute', () => {
  it('passes a route on with its known keys only', () => {
    expect(checkRoute({ ...route, more: 1 })).toEqual(route);
    expect(checkRoute({ ...route, upstreams: [] }).upstreams).toEqual([]);
  });

  it('takes a gateway for each path, of one release', () => {
    const gateway = { ...upstream, kind: 'gateway' };
    const upstreams = [gateway, { ...gateway, path: '/admin' }, { ...gateway, path: '/admin/v1.2' }];
    expect(checkRoute({ ...route, upstreams }).upstreams).toEqual(upstreams);
  });

  it('takes containers of this home where it is told how their names begin', () => {
    const to = (url: string) => ({ ...route, upstreams: [{ ...upstream, url }] });
    const ours = to('http://soundbite-1a2b3c4d-staging-api-0123456789ab.localhost:8080');
    expect(checkRoute(ours, 'soundbite-1a2b3c4d-')).toEqual(ours);
    for (const bad of [
      to('http://soundbite-1a2b3c4d-x.example.org:80'),
      to('http://soundbite-00000000-x.localhost:8080'),
    ])
      expect(() => checkRoute(bad, 'soundbite-1a2b3c4d-')).toThrow(/route-bad|127/);
    expect(() => checkRoute(ours)).toThrow(expect.objectContaining({ code: 'route-bad' }));
  });

  it.each([
    ['no object', 7],
    ['nothing', null],
    ['a name that is a path', { ...route, environment: '../x' }],
    ['a port that is none', { ...route, port: 70_000 }],
    ['a port in letters', { ...route, port: '8104' }],
    ['a generation below 0', { ...route, generation: -1 }],
    ['half a generation', { ...route, generation: 1.5 }],
    ['upstreams that are not lists', { ...route, upstreams: {} }],
    ['too many upstreams', { ...route, upstreams: Array.from({ length: 17 }, () => upstream) }],
    ['a release that is not a digest', { ...route, upstreams: [{ ...upstream, release: 'v1' }] }],
    ['a share above 1', { ...route, upstreams: [{ ...upstream, share: 1.1 }] }],
    ['a share that is not a number', { ...route, upstreams: [{ ...upstream, share: Number.NaN }] }],
    ['shares that sum to less', { ...route, upstreams: [{ ...upstream, share: 0.5 }] }],
    ['one release twice', { ...route, upstreams: [upstream, { ...upstream, share: 0 }] }],
    ['a kind of its own', { ...route, upstreams: [{ ...upstream, kind: 'tcp' }] }],
    ['another machine', { ...route, upstreams: [{ ...upstream, url: 'http://10.0.0.1:80' }] }],
    ['a name that ends like ours', { ...route, upstreams: [{ ...upstream, url: 'http://127.0.0.1.example.org:80' }] }],
    ['another protocol', { ...route, upstreams: [{ ...upstream, url: 'https://127.0.0.1:9501' }] }],
    ['credentials', { ...route, upstreams: [{ ...upstream, url: 'http://a:b@127.0.0.1:9501' }] }],
    ['a path that is none', { ...route, upstreams: [upstream, { ...upstream, path: 'admin' }] }],
    ['a path of all', { ...route, upstreams: [upstream, { ...upstream, path: '/' }] }],
    ['a path that leads out', { ...route, upstreams: [upstream, { ...upstream, path: '/a/..' }] }],
    [
      'a path with less than all of its requests',
      { ...route, upstreams: [upstream, { ...upstream, path: '/a', share: 0.5 }] },
    ],
    [
      'a path twice',
      {
        ...route,
        upstreams: [
          { ...upstream, path: '/a' },
          { ...upstream, path: '/a' },
        ],
      },
    ],
    ['no port', { ...route, upstreams: [{ ...upstream, url: 'http://127.0.0.1' }] }],
    [
      'a gateway beside another',
      {
        ...route,
        upstreams: [
          { ...upstream, share: 0.5, kind: 'gateway' },
          { ...upstream, release: releaseOfDigit('b'), share: 0.5 },
        ],
      },
    ],
  ])('refuses %s', (_, value) => {
    expect(() => checkRoute(value)).toThrow(expect.objectContaining({ code: 'route-bad' }));
  });

  it('refuses anything else by the same error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => checkRoute(value)).toThrow(expect.objectContaining({ code: 'route-bad' }));
      }),
    );
  });
});
