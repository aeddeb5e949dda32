import { expect, it } from 'vitest';
import { recipeVariables, variableProblem } from './variables.ts';

const set = recipeVariables(
  'FROM a\nENV PATH=/usr/bin:/bin\nENV NODE_OPTIONS="--disable-sigusr1 --trace-uncaught"\nUSER 1\n',
);

it('reads what a Dockerfile sets', () => {
  expect([...set]).toEqual([
    ['PATH', '/usr/bin:/bin'],
    ['NODE_OPTIONS', '--disable-sigusr1 --trace-uncaught'],
  ]);
});

const asSet = [...set].map(([name, value]) => `${name}=${value}`);

it.each<[string, string[], string[] | undefined, RegExp | null]>([
  ['as they were set, and what the base has', [...asSet, 'NODE_VERSION=24.1.0'], ['NODE_VERSION=24.1.0'], null],
  ['with one of a base that is not known', [...asSet, 'SSL_CERT_FILE=/etc/ssl/cert.pem'], undefined, null],
  ['with another value', ['PATH=/usr/bin:/bin', 'NODE_OPTIONS=--import=/evil.mjs'], [], /NODE_OPTIONS is --import/],
  ['without one', ['PATH=/usr/bin:/bin'], [], /NODE_OPTIONS is missing/],
  ['with one that loads code', [...asSet, 'LD_PRELOAD=/evil.so'], undefined, /LD_PRELOAD makes it load other code/],
  ['with one that the application image has not', [...asSet, 'A=1'], ['B=1'], /its variable A is not the release's/],
])('holds variables against what was meant: %s', (_what, found, below, said) => {
  const problem = variableProblem(found, set, below);
  if (said === null) expect(problem).toBeNull();
  else expect(problem).toMatch(said);
});
