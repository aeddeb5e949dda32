import { expect, it } from 'vitest';
import { namedProcess, processNameOf } from './process-name.ts';

it('tells the environment from the component, whatever hyphens both have', () => {
  const pairs = [
    ['dev', 'order-mails'],
    ['dev-order', 'mails'],
    ['dev-aws', 'api'],
  ] as const;
  const names = pairs.map(([environment, component]) => processNameOf(environment, component));
  expect(new Set(names).size).toBe(3);
  expect(names[2]).toBe('dev-aws-api');
  expect(names.map(namedProcess)).toEqual(pairs.map(([environment, component]) => ({ environment, component })));
});

it.each(['edge', 'dev-', 'dev-Api', ''])('knows that %j names no component', (text) => {
  expect(namedProcess(text)).toBeNull();
});
