import type { Target } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { askedComponent } from './asked-component.ts';

const one = (name: string, over: object) => ({
  ...{ name, id: `${name}Id`, function: name, health: null, api: null, queues: [], ...over },
});
const url = (name: string) => `https://${name}.lambda-url.eu-central-1.on.aws/`;
const components = [
  one('admin', { url: url('admin'), path: '/admin' }),
  one('users', { api: 'a2', path: '/admin/users' }),
  one('read', { api: 'a1' }),
  one('nightly', {}),
  one('write', { api: 'a1' }),
];
const target = {
  environment: { name: 'staging' },
  outputs: { Components: JSON.stringify(components) },
} as unknown as Target;
const keys = { read: ['GET /notes/{id}', 'GET /notes'], write: ['PUT /notes/{id}', 'ANY /{proxy+}'] };
const routes = async ({ functionName }: { readonly functionName: string }) =>
  Object.entries(keys).flatMap(([name, list]) => list.map((key) => ({ key, leadsHere: name === functionName })));
const asked = async (method: string, path: string) => (await askedComponent({ routes }, target, { method, path })).name;

describe('the component for which a request is', () => {
  it.each([
    ['GET', '/admin', 'admin'],
    ['GET', '/admin?a=/b', 'admin'],
    ['GET', '/admin/users/7', 'users'],
    ['GET', '/administer', 'write'],
    ['GET', '/notes/7', 'read'],
    ['PUT', '/notes/7', 'write'],
    ['GET', '/', 'write'],
  ])('%s %s: has the path, or the route that takes it, or the rest', async (method, path, name) => {
    expect(await asked(method, path)).toBe(name);
  });

  it('is the one that has the rest where the routes are not known', async () => {
    const unknown = { routes: async () => null };
    expect((await askedComponent(unknown, target, { method: 'GET', path: '/notes/7' })).name).toBe('write');
  });
});
