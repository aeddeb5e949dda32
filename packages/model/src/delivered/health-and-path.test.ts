import { describe, expect, it } from 'vitest';
import type { FoundComponent } from './found-component.ts';
import { httpProblems } from './health-and-path.ts';

const component = (name: string, over: Partial<FoundComponent> = {}): FoundComponent => ({
  ...{
    name,
    stack: 'Shop',
    exports: [],
    health: null,
    path: null,
    contract: false,
    id: name,
    alias: `${name}Live`,
    aliasName: 'live',
  },
  ...{ aliasIs: 'added', versions: [], moves: [], api: null, rest: null, url: null, queues: [], callers: [] },
  ...over,
});
const at = { id: 'Url', stack: 'Shop' };
const behind = (api: string) => ({ api: { id: { Ref: api }, stack: 'Shop' } });
const problems = (...components: readonly FoundComponent[]) =>
  httpProblems(
    components.map(({ name }) => ({ name, function: name })),
    components,
  ).map(({ index, key, message }) => `${index} ${key}: ${message}`);

describe('what components declare of HTTP', () => {
  it('holds where one has the rest of the address, and each other one a URL or an API of its own', () => {
    const below = [component('a', { url: at, path: '/a' }), component('b', { ...behind('Second'), path: '/b' })];
    expect(problems(...below, component('c', behind('First')))).toEqual([]);
    expect(problems(component('a', { url: at, path: '/a' }), component('b', { url: at }))).toEqual([]);
  });

  it('is refused where nothing speaks HTTP', () => {
    expect(problems(component('a', { health: '/h', path: '/a' }), component('b', behind('First')))).toEqual([
      '0 health: neither an API nor a URL leads to the function, so nothing can ask /h; remove it',
      '0 path: neither an API nor a URL leads to the function, so nothing is below /a; remove it',
    ]);
  });

  it('has a contract where the address leads, and nowhere else', () => {
    const kept = { health: '/health', contract: true };
    expect(problems(component('a', behind('First')), component('b', { ...behind('First'), ...kept }))).toEqual([]);
    expect(problems(component('a', { ...behind('First'), ...kept }), component('b', behind('First')))).toEqual([
      '0 contract: is looked at only at the component that has the address of the environment, which is b; remove it',
    ]);
    expect(problems(component('a', { url: at, path: '/a', ...kept }), component('b', { url: at }))).toEqual([
      '0 contract: is looked at only at the component that has the address of the environment, which is b; remove it',
    ]);
    expect(problems(component('a', kept), component('b', behind('First')))).toEqual([
      '0 contract: neither an API nor a URL leads to the function, so nothing can be asked by the service contract; remove it',
    ]);
  });

  it('is refused where routes say the same already', () => {
    expect(problems(component('a', { ...behind('First'), path: '/a' }), component('b', behind('First')))).toEqual([
      '0 path: the API of b leads to the function, and its routes say which requests; remove it',
    ]);
  });

  it('is refused where nothing has the rest of the address', () => {
    expect(problems(component('a', { url: at, path: '/a' }), component('b', { url: at, path: '/b' }))).toEqual([
      '1 path: no component has the rest of the address; remove it from the one that has',
    ]);
  });
});
