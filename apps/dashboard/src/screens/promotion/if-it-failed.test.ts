import type { Timeline } from '@soundbite/client';
import { expect, it } from 'vitest';
import { ifItFailed } from './if-it-failed.ts';

const previous = `sha256:${'a'.repeat(64)}` as const;
const at = (begun: readonly string[], more: object = {}) =>
  ifItFailed({
    ...{ state: 'running', kind: 'promote', environment: 'live', previous },
    ...more,
    steps: begun.map((name) => ({ name, state: 'succeeded', seconds: 1 })) as Timeline['steps'],
  } as Timeline);

it.each([
  [['verify', 'plan'], /^nothing would happen: it has touched nothing in live$/],
  [['verify', 'plan', 'infrastructure', 'publish', 'smoke'], /^no user would notice: a{12} has all traffic$/],
  [['publish', 'shift'], /^all traffic would go back to a{12} by itself$/],
  [['publish', 'migration', 'shift'], /by itself; what its migration changed would stay$/],
])('after %j', (begun, says) => {
  expect(at(begun)).toMatch(says);
});

it('where nothing was live, nothing would be; a rollback goes on; what has ended cannot fail', () => {
  expect(at(['publish', 'shift'], { previous: null })).toBe('nothing would be live in live, as before');
  expect(at(['shift'], { kind: 'rollback' })).toMatch(/tried again/);
  expect(at(['shift'], { state: 'succeeded' })).toBeNull();
});
