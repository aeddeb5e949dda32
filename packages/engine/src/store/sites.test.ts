import { digestOf, type Environment } from '@soundbite/model';
import { expect, it } from 'vitest';
import { sitesOf, sitesWithin } from './sites.ts';

const home = { id: 'a'.repeat(32), host: 'laptop' };
const environment = (name: string, kind: 'emulated' | 'real', runtime: 'process' | 'aws') =>
  ({ name, runtime, cloud: { kind } }) as unknown as Environment;

let declared: Environment[] | null;
const isHere = ({ cloud, runtime }: Environment) => cloud.kind === 'emulated' || runtime === 'process';
const declaration = () => {
  if (declared === null) throw new Error('half saved');
  return { environments: declared, digest: digestOf('x') };
};

it('environments that are on this machine are a home’s own, the others are shared', () => {
  declared = [
    environment('dev', 'emulated', 'process'),
    environment('test', 'emulated', 'aws'),
    environment('mine', 'real', 'process'),
    environment('staging', 'real', 'aws'),
  ];
  const sites = sitesOf(home, { declaration, isHere });
  expect(['dev', 'test', 'mine', 'staging', 'nowhere'].map(sites.of)).toEqual([
    `dev@${home.id}`,
    `test@${home.id}`,
    `mine@${home.id}`,
    'staging',
    'nowhere',
  ]);
});

it('an environment stays where it is while the declaration cannot be read, and when it is declared no more', () => {
  declared = [environment('dev', 'emulated', 'process')];
  const sites = sitesOf(home, { declaration, isHere }, ['left']);
  declared = null;
  expect(sites.of('dev')).toBe(`dev@${home.id}`);
  expect(sites.of('left')).toBe(`left@${home.id}`);
  expect(() => sites.of('staging')).toThrow('half saved');
  declared = [];
  expect(sites.of('dev')).toBe(`dev@${home.id}`);
});

it('what a plan was made for is where the plan has it, whatever is declared by now', () => {
  declared = [environment('staging', 'real', 'aws'), environment('dev', 'emulated', 'process')];
  const sites = sitesWithin(sitesOf(home, { declaration, isHere }), environment('staging', 'emulated', 'aws'));
  expect(sites.of('staging')).toBe(`staging@${home.id}`);
  expect(sites.of('dev')).toBe(`dev@${home.id}`);
});
